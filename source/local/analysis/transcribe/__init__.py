"""Amazon Transcribe's calls: jobs that write down what is said, and vocabularies that are kept."""
