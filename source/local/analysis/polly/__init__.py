"""Amazon Polly's calls: voices, speech at once, and speech as a task."""
