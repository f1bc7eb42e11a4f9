"""DetectLabels: objects as Label structures.

A label's confidence is the score of its surest instance. The vocabulary is the 80 kinds that the
model knows; the service's thousands, its scenes and activities are not there.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.faults import ServiceError
from analysis.rekognition.geometry import Frame

if TYPE_CHECKING:
    from analysis.vision.objects import FoundObject

MODEL_VERSION = "human-centernet-3.3.6"
# the service's own default
_LEAST_CONFIDENCE = 55.0
_MOST_LABELS = 1_000


def detect_labels(
    request: Mapping[str, Any], objects: Sequence["FoundObject"], frame: Frame
) -> dict[str, Any]:
    """The answer of DetectLabels; `request` has passed `check_request`."""
    least = request.get("MinConfidence", _LEAST_CONFIDENCE)
    by_kind: dict[str, list[FoundObject]] = {}
    for one in objects:
        if one.score * 100 >= least:
            by_kind.setdefault(one.kind, []).append(one)
    labels = [_label(kind, found, frame) for kind, found in by_kind.items()]
    chosen = [label for label in labels if _is_asked_for(label, request)]
    chosen.sort(key=lambda label: -label["Confidence"])
    most = request.get("MaxLabels", _MOST_LABELS)
    return {"Labels": chosen[:most], "LabelModelVersion": MODEL_VERSION}


def check_request(request: Mapping[str, Any]) -> None:
    """Raises InvalidParameterException for what nothing here can answer."""
    if "IMAGE_PROPERTIES" in request.get("Features", ()):
        raise ServiceError(
            "InvalidParameterException",
            "Feature IMAGE_PROPERTIES is not part of the local analysis",
        )
    if "ImageProperties" in request.get("Settings", {}):
        raise ServiceError(
            "InvalidParameterException",
            "Settings.ImageProperties needs the feature IMAGE_PROPERTIES",
        )


def _label(kind: str, found: Sequence["FoundObject"], frame: Frame) -> dict[str, Any]:
    name, parents, category = _LABELS[kind]
    return {
        "Name": name,
        "Confidence": max(one.score for one in found) * 100,
        "Instances": [
            {"BoundingBox": frame.box(one.box), "Confidence": one.score * 100} for one in found
        ],
        "Parents": [{"Name": parent} for parent in parents],
        "Categories": [{"Name": category}],
    }


def _is_asked_for(label: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    filters = request.get("Settings", {}).get("GeneralLabels", {})
    names = {label["Name"]}
    categories = {category["Name"] for category in label["Categories"]}
    included = filters.get("LabelInclusionFilters"), filters.get("LabelCategoryInclusionFilters")
    if any(included) and not (names & set(included[0] or ()) | categories & set(included[1] or ())):
        return False
    return not (
        names & set(filters.get("LabelExclusionFilters", ()))
        or categories & set(filters.get("LabelCategoryExclusionFilters", ()))
    )


# kind -> name, what it is a kind of (nearest first), category; by hand
_LABELS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "person": ("Person", (), "Person Description"),
    "bicycle": ("Bicycle", ("Vehicle", "Transportation"), "Vehicles and Automotive"),
    "car": ("Car", ("Vehicle", "Transportation"), "Vehicles and Automotive"),
    "motorcycle": ("Motorcycle", ("Vehicle", "Transportation"), "Vehicles and Automotive"),
    "airplane": ("Airplane", ("Vehicle", "Transportation"), "Transport and Logistics"),
    "bus": ("Bus", ("Vehicle", "Transportation"), "Transport and Logistics"),
    "train": ("Train", ("Vehicle", "Transportation"), "Transport and Logistics"),
    "truck": ("Truck", ("Vehicle", "Transportation"), "Vehicles and Automotive"),
    "boat": ("Boat", ("Vehicle", "Transportation"), "Transport and Logistics"),
    "traffic light": ("Traffic Light", (), "Transport and Logistics"),
    "fire hydrant": ("Hydrant", (), "Public Safety"),
    "stop sign": ("Stopsign", ("Sign", "Symbol"), "Symbols and Flags"),
    "parking meter": ("Parking Meter", (), "Transport and Logistics"),
    "bench": ("Bench", ("Furniture",), "Furniture and Furnishings"),
    "bird": ("Bird", ("Animal",), "Animals and Pets"),
    "cat": ("Cat", ("Mammal", "Animal"), "Animals and Pets"),
    "dog": ("Dog", ("Mammal", "Animal"), "Animals and Pets"),
    "horse": ("Horse", ("Mammal", "Animal"), "Animals and Pets"),
    "sheep": ("Sheep", ("Mammal", "Animal"), "Animals and Pets"),
    "cow": ("Cow", ("Mammal", "Animal"), "Animals and Pets"),
    "elephant": ("Elephant", ("Mammal", "Animal"), "Animals and Pets"),
    "bear": ("Bear", ("Mammal", "Animal"), "Animals and Pets"),
    "zebra": ("Zebra", ("Mammal", "Animal"), "Animals and Pets"),
    "giraffe": ("Giraffe", ("Mammal", "Animal"), "Animals and Pets"),
    "backpack": ("Backpack", ("Bag",), "Apparel and Accessories"),
    "umbrella": ("Umbrella", (), "Apparel and Accessories"),
    "handbag": ("Handbag", ("Bag",), "Apparel and Accessories"),
    "tie": ("Tie", ("Accessories",), "Apparel and Accessories"),
    "suitcase": ("Suitcase", ("Bag",), "Travel and Adventure"),
    "frisbee": ("Frisbee", ("Toy",), "Sports"),
    "skis": ("Skis", ("Sports Equipment",), "Sports"),
    "snowboard": ("Snowboard", ("Sports Equipment",), "Sports"),
    "sports ball": ("Ball", ("Sports Equipment",), "Sports"),
    "kite": ("Kite", ("Toy",), "Toys and Gaming"),
    "baseball bat": ("Baseball Bat", ("Sports Equipment",), "Sports"),
    "baseball glove": ("Baseball Glove", ("Sports Equipment",), "Sports"),
    "skateboard": ("Skateboard", ("Sports Equipment",), "Sports"),
    "surfboard": ("Surfboard", ("Sports Equipment",), "Sports"),
    "tennis racket": ("Tennis Racket", ("Sports Equipment",), "Sports"),
    "bottle": ("Bottle", (), "Everyday Objects"),
    "wine glass": ("Wine Glass", ("Glass",), "Kitchen and Dining"),
    "cup": ("Cup", (), "Kitchen and Dining"),
    "fork": ("Fork", ("Cutlery",), "Kitchen and Dining"),
    "knife": ("Knife", ("Cutlery",), "Kitchen and Dining"),
    "spoon": ("Spoon", ("Cutlery",), "Kitchen and Dining"),
    "bowl": ("Bowl", (), "Kitchen and Dining"),
    "banana": ("Banana", ("Fruit", "Food"), "Food and Beverage"),
    "apple": ("Apple", ("Fruit", "Food"), "Food and Beverage"),
    "sandwich": ("Sandwich", ("Food",), "Food and Beverage"),
    "orange": ("Orange", ("Fruit", "Food"), "Food and Beverage"),
    "broccoli": ("Broccoli", ("Vegetable", "Food"), "Food and Beverage"),
    "carrot": ("Carrot", ("Vegetable", "Food"), "Food and Beverage"),
    "hot dog": ("Hot Dog", ("Food",), "Food and Beverage"),
    "pizza": ("Pizza", ("Food",), "Food and Beverage"),
    "donut": ("Donut", ("Food",), "Food and Beverage"),
    "cake": ("Cake", ("Food",), "Food and Beverage"),
    "chair": ("Chair", ("Furniture",), "Furniture and Furnishings"),
    "couch": ("Couch", ("Furniture",), "Furniture and Furnishings"),
    "potted plant": ("Potted Plant", ("Plant",), "Plants and Flowers"),
    "bed": ("Bed", ("Furniture",), "Furniture and Furnishings"),
    "dining table": ("Dining Table", ("Table", "Furniture"), "Furniture and Furnishings"),
    "toilet": ("Toilet", (), "Home and Indoors"),
    "tv": ("TV", ("Electronics",), "Technology and Computing"),
    "laptop": ("Laptop", ("Computer", "Electronics"), "Technology and Computing"),
    "mouse": ("Computer Mouse", ("Electronics",), "Technology and Computing"),
    "remote": ("Remote Control", ("Electronics",), "Technology and Computing"),
    "keyboard": ("Computer Keyboard", ("Electronics",), "Technology and Computing"),
    "cell phone": ("Mobile Phone", ("Phone", "Electronics"), "Technology and Computing"),
    "microwave": ("Microwave", ("Appliance",), "Home Appliances"),
    "oven": ("Oven", ("Appliance",), "Home Appliances"),
    "toaster": ("Toaster", ("Appliance",), "Home Appliances"),
    "sink": ("Sink", (), "Home and Indoors"),
    "refrigerator": ("Refrigerator", ("Appliance",), "Home Appliances"),
    "book": ("Book", ("Publication",), "Everyday Objects"),
    "clock": ("Clock", (), "Everyday Objects"),
    "vase": ("Vase", (), "Home and Indoors"),
    "scissors": ("Scissors", (), "Tools and Machinery"),
    "teddy bear": ("Teddy Bear", ("Toy",), "Toys and Gaming"),
    "hair drier": ("Hair Dryer", ("Appliance",), "Home Appliances"),
    "toothbrush": ("Toothbrush", (), "Everyday Objects"),
}
