"""What Rekognition takes: "Guidelines and quotas" of its developer guide, a name for each line.

What its model bounds itself, such as MinConfidence and the bytes of a picture in a request, is
checked where every request is: `analysis.shapes`.
"""

# bytes of a picture in a request, as the model has it, and of one in S3
LARGEST_IMAGE = 5 << 20
LARGEST_IMAGE_OBJECT = 15 << 20
# pixels of each side of a picture
SHORTEST_SIDE, LONGEST_SIDE = 80, 10_000
# words that are found in a picture
MOST_WORDS = 100

# bytes of a stored video; media.facts refuses one that lasts longer than six hours
LARGEST_VIDEO = 10 << 30
# of MPEG-4 and MOV, which are one format by their bytes, and of what it calls H.264 and AAC; the
# reference of its API names .avi as well, whose jobs fail like all others
VIDEO_FORMATS = ("QuickTime / MOV",)
VIDEO_CODECS = ("h264",)
# of the jobs that listen to a video besides
AUDIO_CODECS = ("aac",)

# open jobs of an account, of all kinds together
MOST_JOBS = 20
# items of a page of findings; more may be asked for, and are not given
LARGEST_PAGE = 1_000
# seconds that the token of a page is good for, and that a job is known
PAGE_TOKEN_LASTS = 24 * 3_600
JOB_LASTS = 7 * 24 * 3_600
