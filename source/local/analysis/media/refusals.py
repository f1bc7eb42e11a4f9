"""Why a file is not analysed."""


class MediaRefused(Exception):
    """One sentence for the user: the file is damaged, of a refused kind, or takes too much."""
