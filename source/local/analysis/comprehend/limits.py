"""What Comprehend takes: "Guidelines and quotas" of its developer guide.

Its KB are of 1,000 bytes: so say the refusals of texts that are too large.
"""

# bytes of a text in a call: most, and those whose mood is to be found; each of a batch
LARGEST_TEXT = 100_000
LARGEST_TEXT_FOR_MOOD = 5_000
LARGEST_IN_BATCH = 5_000
MOST_IN_BATCH = 25

# bytes of a document of a job, likewise
LARGEST_DOCUMENT = 1_000_000
LARGEST_DOCUMENT_FOR_MOOD = 5_000
# bytes of all documents of a job, and how many files or lines they may be
LARGEST_INPUT = 5 << 30
MOST_DOCUMENTS = 1_000_000
# of a file with a document in each line; a bound of this machine
LARGEST_FILE = 100 << 20

# unfinished jobs of a kind
MOST_JOBS = 10
