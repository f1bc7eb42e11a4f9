"""Video and sound files: what they are, their frames and their sound, read by a guarded ffmpeg."""
