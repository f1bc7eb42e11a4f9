"""What operators store, by the shapes of the services' answers: one result of every kind.

A result is a list of pages; most have one. Names are those under which operators store.
"""

import json

BOX = {"Width": 0.1, "Height": 0.25, "Left": 0.5, "Top": 0.125}
FACE_BOX = {"Width": 0.05, "Height": 0.1, "Left": 0.52, "Top": 0.13}
LANDMARKS = [{"Type": "nose", "X": 0.55, "Y": 0.2}]
POSE = {"Roll": 1.5, "Yaw": -2.25, "Pitch": 3.0}
QUALITY = {"Brightness": 80.5, "Sharpness": 92.25}
FACE = {
    "BoundingBox": FACE_BOX,
    "AgeRange": {"Low": 20, "High": 32},
    "Smile": {"Value": True, "Confidence": 98.5},
    "Eyeglasses": {"Value": False, "Confidence": 97.0},
    "Sunglasses": {"Value": False, "Confidence": 99.0},
    "Gender": {"Value": "Female", "Confidence": 99.5},
    "Beard": {"Value": False, "Confidence": 95.0},
    "Mustache": {"Value": False, "Confidence": 96.0},
    "EyesOpen": {"Value": True, "Confidence": 94.0},
    "MouthOpen": {"Value": False, "Confidence": 93.0},
    "Emotions": [{"Type": "CALM", "Confidence": 4.0}, {"Type": "HAPPY", "Confidence": 95.5}],
    "Landmarks": LANDMARKS,
    "Pose": POSE,
    "Quality": QUALITY,
    "Confidence": 99.75,
}
JOB = {
    "JobStatus": "SUCCEEDED",
    "VideoMetadata": {"DurationMillis": 60000, "FrameHeight": 720, "FrameWidth": 1280},
}


def text(value, kind, number):
    return {
        "DetectedText": value,
        "Type": kind,
        "Id": number,
        "Confidence": 97.5,
        "Geometry": {"BoundingBox": BOX, "Polygon": [{"X": 0.5, "Y": 0.125}]},
    }


def match(face_id, image_id, similarity, name=None):
    known = {"FaceId": face_id, "ImageId": image_id, "BoundingBox": BOX, "Confidence": 99.0}
    return {
        "Similarity": similarity,
        "Face": {**known, **({"ExternalImageId": name} if name else {})},
    }


LABELS = [
    {
        "Timestamp": 0,
        "Label": {
            "Name": "Dog",
            "Confidence": 98.5,
            "Instances": [{"BoundingBox": BOX, "Confidence": 90.5}],
            "Parents": [{"Name": "Animal"}],
        },
    },
    {"Timestamp": 500, "Label": {"Name": "Grass", "Confidence": "76.5"}},
]
TEXTS = [
    {"Timestamp": 1000, "TextDetection": text("EXIT ONLY", "LINE", 0)},
    {"Timestamp": 1000, "TextDetection": {**text("EXIT", "WORD", 1), "ParentId": 0}},
]
CELEBRITIES = [
    {
        "Timestamp": 2000,
        "Celebrity": {
            "Name": "Grace Hopper",
            "Confidence": 88.5,
            "Id": "x1",
            "Urls": ["example.org/grace", "example.org/hopper"],
            "BoundingBox": BOX,
            "Face": {"BoundingBox": FACE_BOX, "Confidence": 99.0},
        },
    },
    {"Timestamp": 2500, "Celebrity": {"Name": "No Box", "Confidence": 70, "Urls": []}},
    {
        "Timestamp": 3000,
        "Celebrity": {"Name": "Only A Face", "Confidence": 71, "Face": {"BoundingBox": FACE_BOX}},
    },
]
MODERATION = [
    {
        "Timestamp": 4000,
        "ModerationLabel": {"Name": "Violence", "ParentName": "", "Confidence": 80.25},
    },
    {
        "Timestamp": 4500,
        "ModerationLabel": {
            "Name": "Weapons",
            "ParentName": "Violence",
            "Confidence": 9.5,
        },
    },
]
KNOWN_PERSONS = [
    {
        "Timestamp": 5000,
        "Person": {
            "Index": 0,
            "BoundingBox": BOX,
            "Face": {
                "BoundingBox": FACE_BOX,
                "Landmarks": LANDMARKS,
                "Pose": POSE,
                "Quality": QUALITY,
                "Confidence": 99.5,
            },
        },
        "FaceMatches": [match("f1", "i1", 81.5), match("f2", "i2", 97.25, "ada")],
    },
    {"Timestamp": 5500, "Person": {"Index": 1}, "FaceMatches": []},
    {"Timestamp": 6000, "Person": {"Index": 2, "BoundingBox": BOX}},
]


def segment(start, end, **more):
    return {
        "StartTimestampMillis": start,
        "EndTimestampMillis": end,
        "DurationMillis": end - start,
        "StartTimecodeSMPTE": "00:00:00:00",
        "EndTimecodeSMPTE": "00:00:04:00",
        "DurationSMPTE": "00:00:04:00",
        **more,
    }


def word(content, start, end, confidence, **more):
    return {
        "start_time": start,
        "end_time": end,
        "alternatives": [{"confidence": confidence, "content": content}],
        "type": "pronunciation",
        **more,
    }


TRANSCRIPT = {
    "jobName": "transcribe-w",
    "accountId": "123456789012",
    "results": {
        "transcripts": [{"transcript": "Hello world."}],
        "items": [
            word("Hello", "0.54", "0.97", "0.995", speaker_label="spk_0"),
            word("world", 1.0, 1.25, 0.5),
            {"alternatives": [{"confidence": None, "content": "."}], "type": "punctuation"},
        ],
    },
    "status": "COMPLETED",
    "TextTranscriptUri": {"S3Bucket": "b", "S3Key": "transcript.txt"},
}
TRACKS = [
    {
        "track_type": "General",
        "format": "MPEG-4",
        "file_size": 5_000_000_000,
        "duration": 60_000,
        "frame_rate": "29.970",
        "other_duration": ["1 min 0 s"],
    },
    {"track_type": "Audio", "format": "AAC", "sampling_rate": "48000 / 24000", "channel_s": 2},
]


def about_file(name, **findings):
    return json.dumps({**findings, "File": name})


ENTITY = {"BeginOffset": 0, "EndOffset": 7, "Score": 0.875, "Text": "Seattle", "Type": "LOCATION"}
PERSON = {"BeginOffset": 3, "EndOffset": 6, "Score": "0.5", "Text": "Ada", "Type": "PERSON"}
PHRASE = {"BeginOffset": 0, "EndOffset": 15, "Score": 0.99, "Text": "some deep water"}

# name of the file of its documents -> (operator, pages)
RESULTS = {
    "labels-video": ("labelDetection", [{**JOB, "Labels": LABELS}]),
    "labels-image": (
        "labelDetection",
        [
            {
                "Labels": [
                    {
                        "Name": "Person",
                        "Confidence": 99.5,
                        "Instances": [{"BoundingBox": BOX, "Confidence": 99.5}],
                        "Parents": [],
                        "Aliases": [{"Name": "Human"}],
                        "Categories": [{"Name": "Person Description"}],
                    },
                    {"Name": "Suit", "Confidence": 55.5},
                ],
                "LabelModelVersion": "3.0",
            }
        ],
    ),
    "generic-data-lookup": (
        "GenericDataLookup",
        [
            {
                "Labels": [
                    {
                        "Timestamp": 100,
                        "Label": {
                            "Name": "Car",
                            "Confidence": 0.5,
                            "Instances": [
                                {
                                    "BoundingBox": {
                                        "Width": 640,
                                        "Height": 360,
                                        "Left": 128,
                                        "Top": 72,
                                    },
                                    "Confidence": "0.25",
                                },
                                {"BoundingBox": "", "Confidence": 0.75},
                            ],
                        },
                    },
                    {"Timestamp": 200, "Name": "Flat", "Confidence": "0.75"},
                ],
                "Other": [1, 2, 3],
            }
        ],
    ),
    "celebrities-video": ("celebrityRecognition", [{**JOB, "Celebrities": CELEBRITIES}]),
    "celebrities-image": (
        "celebrityRecognition",
        [
            {
                "CelebrityFaces": [
                    {
                        "Name": "Grace Hopper",
                        "Id": "x1",
                        "Urls": ["example.org/grace"],
                        "MatchConfidence": 99.0,
                        "Face": {"BoundingBox": FACE_BOX, "Confidence": 98.0, "Pose": POSE},
                    }
                ],
                "UnrecognizedFaces": [{"BoundingBox": BOX}],
            }
        ],
    ),
    "moderation-video": ("contentModeration", [{**JOB, "ModerationLabels": MODERATION}]),
    "moderation-image": (
        "contentModeration",
        [{"ModerationLabels": [{"Name": "Violence", "ParentName": "", "Confidence": 90.5}]}],
    ),
    "faces-video": (
        "faceDetection",
        [
            {
                **JOB,
                "Faces": [
                    {"Timestamp": 7000, "Face": FACE},
                    {"Timestamp": 7500, "Face": {"BoundingBox": BOX, "Confidence": 60.0}},
                ],
            }
        ],
    ),
    "faces-image": ("faceDetection", [{"FaceDetails": [FACE]}]),
    "face-search-video": ("faceSearch", [{**JOB, "Persons": KNOWN_PERSONS}]),
    "face-search-image": (
        "faceSearch",
        [
            {
                "SearchedFaceBoundingBox": FACE_BOX,
                "SearchedFaceConfidence": 99.5,
                "FaceMatches": [match("f1", "i1", 81.5), match("f2", "i2", 97.25, "ada")],
                "FaceModelVersion": "6.0",
            }
        ],
    ),
    "texts-video": ("textDetection", [{**JOB, "TextDetections": TEXTS}]),
    "texts-image": (
        "textDetection",
        [{"TextDetections": [text("STOP", "LINE", 0), text("STOP", "WORD", 1)]}],
    ),
    "shots": (
        "shotDetection",
        [
            {
                "Segments": [
                    segment(0, 4000, Type="SHOT", ShotSegment={"Index": 0, "Confidence": 99.5}),
                    segment(4000, 9000, Type="SHOT", ShotSegment={"Index": 1, "Confidence": 88.0}),
                ]
            }
        ],
    ),
    "technical-cues": (
        "technicalCueDetection",
        [
            {
                "Segments": [
                    segment(
                        0,
                        2000,
                        Type="TECHNICAL_CUE",
                        TechnicalCueSegment={"Type": "BlackFrames", "Confidence": 99.0},
                    )
                ]
            }
        ],
    ),
    "persons": (
        "personTracking",
        [{**JOB, "Persons": [{"Timestamp": 5000, "Person": KNOWN_PERSONS[0]["Person"]}]}],
    ),
    "mediainfo": ("Mediainfo", [{"tracks": TRACKS}]),
    "mediainfo-image": (
        "MediainfoImage",
        [{"tracks": [{"track_type": "Image", "format": "JPEG", "width": 640, "height": "480"}]}],
    ),
    "transcript-video": ("TranscribeVideo", [TRANSCRIPT]),
    "transcript-audio": ("TranscribeAudio", [TRANSCRIPT]),
    "translation": (
        "Translate",
        [
            {
                "TranslatedText": "Hola mundo.",
                "SourceLanguageCode": "en",
                "TargetLanguageCode": "es",
            }
        ],
    ),
    "entities": (
        "entities",
        [
            {
                "LanguageCode": "en",
                "Results": [
                    about_file("a.txt", Entities=[ENTITY]),
                    "\n".join(
                        [
                            about_file("b.txt", Entities=[PERSON]),
                            json.dumps({"ErrorCode": "INTERNAL_SERVER_ERROR", "File": "c.txt"}),
                            about_file("d.txt", Entities=[]),
                        ]
                    ),
                ],
            }
        ],
    ),
    "key-phrases": (
        "key_phrases",
        [
            {
                "LanguageCode": "en",
                "Results": [
                    about_file("a.txt", KeyPhrases=[PHRASE]),
                    about_file("b.txt", KeyPhrases=[{**PHRASE, "Text": "a boat"}]),
                ],
            }
        ],
    ),
    "captions": (
        "WebCaptions_zh-TW",
        [
            {
                "WebCaptions": [
                    {
                        "start": 0.54,
                        "end": 1.25,
                        "caption": "Hello world.",
                        "wordConfidence": [{"w": "hello", "c": 0.995}],
                        "sourceCaption": "你好",
                    },
                    {"start": "2.000", "end": "3.500", "caption": "Good bye."},
                ]
            }
        ],
    ),
}


def in_pages(pages):
    """The same result with each list of findings spread over two pages."""
    (page,) = pages
    found = page.get("results", page)
    lists = {key: value for key, value in found.items() if isinstance(value, list) and value}
    if "results" in page:
        texts, items = lists["transcripts"], lists["items"]
        halves = [{"transcripts": texts, "items": items[:1]}, {"items": items[1:]}]
        return [{**page, "results": one} for one in halves]
    first = {key: value[:1] for key, value in lists.items()}
    rest = {key: value[1:] for key, value in lists.items()}
    return [{**page, **first}, {**page, **rest}]
