"""How the indices of search are made: settings and mappings, told to the endpoint as a template."""

from fields import PROPERTIES, Json

INDICES = "mie*"
NAME = "mie"
# all indices under one name, for clients that want no pattern
ALIAS = "media-insights"


def index_template(refresh_interval: str) -> Json:
    """A composable index template, as OpenSearch and Elasticsearch from 7.8 on take it.

    refresh_interval: how long a document waits until it is found, such as "30s"; each refresh
    costs, most of all while much is being written.
    """
    return {
        "index_patterns": [INDICES],
        # before templates of others for all indices
        "priority": 100,
        "template": {
            "aliases": {ALIAS: {}},
            "settings": {
                "index": {
                    # one shard holds some 30 GB; a shard for each index keeps small nodes alive
                    "number_of_shards": 1,
                    # a copy as soon as there is a second node to hold it
                    "auto_expand_replicas": "0-1",
                    "refresh_interval": refresh_interval,
                    # facts of media files are a number in one file and a word in the next
                    "mapping.ignore_malformed": True,
                }
            },
            "mappings": {
                # what users store beside our fields is shown and not searched
                "dynamic": False,
                "date_detection": False,
                "properties": dict(PROPERTIES),
            },
        },
    }
