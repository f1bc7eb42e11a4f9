"""A local stand-in for the AWS services that look at media.

It speaks their wire protocol, so that an SDK client whose endpoint is set to it notices no
difference, and answers from models that run on this machine. What the models cannot know is left
out of an answer, never made up.
"""
