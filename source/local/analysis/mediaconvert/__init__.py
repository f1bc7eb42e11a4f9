"""MediaConvert: jobs that make videos, sounds and pictures of one file, by ffmpeg."""
