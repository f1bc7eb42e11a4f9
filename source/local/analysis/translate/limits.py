"""What Translate takes: "Guidelines and quotas" of its developer guide."""

# bytes of a text, and of a document that is translated at once
LARGEST_TEXT = 10_000
LARGEST_DOCUMENT = 100_000

# of a job: bytes of a document, characters of it that are translated, documents and bytes in all
LARGEST_IN_JOB = 20 << 20
LONGEST_IN_JOB = 1_000_000
MOST_DOCUMENTS = 1_000_000
LARGEST_INPUT = 5 << 30
MOST_TARGETS = 10
# jobs that work at a time, and those that may wait besides
MOST_JOBS = 10
MOST_QUEUED = 1_000

# bytes of a terminology, and of a term in a language; how many there may be; how many languages one
# translates into; how many a request may name
LARGEST_TERMINOLOGY = 10 << 20
LARGEST_TERM = 200
MOST_TERMINOLOGIES = 100
MOST_TERMINOLOGY_TARGETS = 10
MOST_TERMINOLOGIES_OF_REQUEST = 1

# how many parallel data there may be; the bytes of one are a bound of this machine
MOST_PARALLEL_DATA = 1_000
LARGEST_PARALLEL_DATA = 100 << 20
