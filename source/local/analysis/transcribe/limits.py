"""What Transcribe takes: "Amazon Transcribe endpoints and quotas" of AWS's general reference.

What its model bounds itself, such as names and phrases, is checked where every request is:
`analysis.shapes`.
"""

# bytes of a medium, how long it may be, in milliseconds, and its channels that can be told apart
LARGEST_MEDIUM = 2 << 30
SHORTEST_MEDIUM_MS, LONGEST_MEDIUM_MS = 500, 4 * 3_600 * 1_000
MOST_CHANNELS = 2

# jobs that work at a time; those that may wait besides, where AllowDeferredExecution lets them
MOST_JOBS = 250
MOST_DEFERRED = 10_000

# bytes of a vocabulary, and how many there may be
LARGEST_VOCABULARY = 50 * 1024
MOST_VOCABULARIES = 100
