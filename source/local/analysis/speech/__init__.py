"""Speech in both directions: words out of audio, and audio out of words."""
