"""The words that labels are made of: what each is a kind of, and its category.

Words are those that a person would say, in the vocabulary of the service where it has them. What
the detector and the tagger know is said in them; `detected_kinds.py` and `tagged_kinds.py` say by
whom. A word told brings along those that it is a kind of.
"""

from collections.abc import Mapping

# category -> word: what it is a kind of, itself of any category
_WORDS: Mapping[str, Mapping[str, str]] = {
    "Animals and Pets": {
        "Animal": "",
        **dict.fromkeys(
            ("Mammal", "Bird", "Reptile", "Amphibian", "Fish", "Insect", "Spider", "Crab"), "Animal"
        ),
        **dict.fromkeys(("Lobster", "Snail", "Jellyfish", "Starfish", "Scorpion"), "Animal"),
        **dict.fromkeys(
            (
                *("Dog", "Cat", "Wolf", "Fox", "Hyena", "Lion", "Tiger", "Leopard", "Cheetah"),
                *("Lynx", "Bear", "Panda", "Red Panda", "Raccoon", "Meerkat", "Otter", "Skunk"),
                *("Rabbit", "Squirrel", "Hamster", "Guinea Pig", "Beaver", "Porcupine"),
                *("Horse", "Zebra", "Pig", "Hippopotamus", "Cow", "Buffalo", "Bison", "Sheep"),
                *("Goat", "Antelope", "Camel", "Llama", "Giraffe", "Elephant", "Monkey", "Ape"),
                *("Lemur", "Sloth", "Armadillo", "Kangaroo", "Koala", "Wombat", "Platypus"),
                *(
                    "Whale",
                    "Seal",
                ),
            ),
            "Mammal",
        ),
        **dict.fromkeys(("Gorilla", "Chimpanzee", "Orangutan"), "Ape"),
        **dict.fromkeys(
            (
                *("Chicken", "Peacock", "Parrot", "Hummingbird", "Toucan", "Duck", "Goose", "Swan"),
                *("Stork", "Flamingo", "Heron", "Crane Bird", "Pelican", "Penguin", "Owl", "Eagle"),
                *("Vulture", "Ostrich"),
            ),
            "Bird",
        ),
        "Ladybug": "Beetle",
        **dict.fromkeys(("Lizard", "Snake", "Turtle", "Crocodile", "Dinosaur"), "Reptile"),
        **dict.fromkeys(("Frog", "Salamander"), "Amphibian"),
        **dict.fromkeys(("Shark", "Ray"), "Fish"),
        **dict.fromkeys(
            (
                *("Beetle", "Bee", "Ant", "Fly", "Grasshopper", "Dragonfly"),
                *("Butterfly", "Mantis", "Cockroach"),
            ),
            "Insect",
        ),
    },
    "Plants and Flowers": {
        "Plant": "",
        **dict.fromkeys(("Flower", "Potted Plant", "Fungus"), "Plant"),
        **dict.fromkeys(("Daisy", "Orchid"), "Flower"),
        "Mushroom": "Fungus",
    },
    "Nature and Outdoors": {
        "Nature": "",
        **dict.fromkeys(
            ("Mountain", "Cliff", "Valley", "Volcano", "Lake", "Coast", "Geyser", "Coral Reef"),
            "Nature",
        ),
    },
    "Food and Beverage": {
        "Food": "",
        **dict.fromkeys(
            (
                *("Fruit", "Vegetable", "Bread", "Dessert", "Sandwich", "Pizza", "Hot Dog"),
                *("Burger", "Burrito", "Pasta", "Soup"),
            ),
            "Food",
        ),
        **dict.fromkeys(
            (
                *("Apple", "Banana", "Orange", "Lemon", "Strawberry", "Pineapple", "Fig"),
                "Pomegranate",
            ),
            "Fruit",
        ),
        **dict.fromkeys(
            (
                *("Broccoli", "Carrot", "Cabbage", "Cauliflower", "Cucumber", "Artichoke"),
                *("Bell Pepper", "Squash", "Corn"),
            ),
            "Vegetable",
        ),
        **dict.fromkeys(("Bagel", "Pretzel"), "Bread"),
        **dict.fromkeys(("Ice Cream", "Cake", "Donut"), "Dessert"),
        "Beverage": "",
        **dict.fromkeys(("Coffee", "Wine"), "Beverage"),
    },
    "Transport and Logistics": {
        "Transportation": "",
        "Vehicle": "Transportation",
        **dict.fromkeys(("Aircraft", "Watercraft", "Train", "Bus", "Rocket"), "Vehicle"),
        **dict.fromkeys(("Airplane", "Airship", "Hot Air Balloon"), "Aircraft"),
        **dict.fromkeys(("Boat", "Ship", "Submarine"), "Watercraft"),
        **dict.fromkeys(("Sailboat", "Canoe", "Gondola", "Speedboat"), "Boat"),
        **dict.fromkeys(("Tram", "Sled", "Carriage"), "Vehicle"),
        **dict.fromkeys(("Traffic Light", "Parking Meter", "Gas Pump", "Shopping Cart"), ""),
    },
    "Vehicles and Automotive": {
        **dict.fromkeys(
            ("Car", "Truck", "Van", "Motorcycle", "Bicycle", "Tractor", "Snowmobile"),
            "Vehicle",
        ),
        **dict.fromkeys(("Sports Car", "Taxi", "Jeep", "Ambulance", "Limousine"), "Car"),
        **dict.fromkeys(("Fire Truck", "Tow Truck", "Pickup Truck", "Garbage Truck"), "Truck"),
        "Forklift": "Vehicle",
    },
    "Weapons and Military": {
        "Weapon": "",
        **dict.fromkeys(("Gun", "Cannon", "Bow"), "Weapon"),
        "Tank": "Vehicle",
        "Military Uniform": "Clothing",
    },
    "Buildings and Architecture": {
        "Architecture": "",
        **dict.fromkeys(
            ("Building", "Bridge", "Dam", "Fountain", "Fence", "Tower"), "Architecture"
        ),
        **dict.fromkeys(("Arch", "Pier", "Monument"), "Architecture"),
        **dict.fromkeys(
            ("House of Worship", "Castle", "Palace", "House", "Barn", "Shop", "Restaurant"),
            "Building",
        ),
        **dict.fromkeys(("Greenhouse", "Boathouse", "Tent", "Stone Wall"), "Architecture"),
        **dict.fromkeys(("Church", "Mosque"), "House of Worship"),
        "Solar Panels": "",
    },
    "Public Safety": {"Hydrant": ""},
    "Symbols and Flags": {
        "Symbol": "",
        "Sign": "Symbol",
        "Stopsign": "Sign",
        "Street Sign": "Sign",
    },
    "Furniture and Furnishings": {
        "Furniture": "",
        **dict.fromkeys(
            ("Bench", "Chair", "Couch", "Bed", "Table", "Cabinet", "Bookcase", "Lamp"), "Furniture"
        ),
        **dict.fromkeys(("Desk", "Dining Table"), "Table"),
        **dict.fromkeys(("Crib",), "Bed"),
        **dict.fromkeys(("Rug", "Curtain", "Pillow"), ""),
    },
    "Home and Indoors": dict.fromkeys(("Toilet", "Sink", "Vase", "Bathtub", "Candle"), ""),
    "Home Appliances": {
        "Appliance": "",
        **dict.fromkeys(
            (
                *("Microwave", "Oven", "Toaster", "Refrigerator", "Hair Dryer", "Washer"),
                *("Dishwasher", "Vacuum Cleaner", "Sewing Machine", "Electric Fan", "Stove"),
                *("Clothes Iron", "Coffee Maker"),
            ),
            "Appliance",
        ),
    },
    "Kitchen and Dining": {
        "Cutlery": "",
        **dict.fromkeys(("Fork", "Knife", "Spoon"), "Cutlery"),
        "Glass": "",
        "Wine Glass": "Glass",
        "Cookware": "",
        **dict.fromkeys(("Cooking Pan", "Pot"), "Cookware"),
        "Teapot": "Pot",
        "Cup": "",
        "Coffee Cup": "Cup",
        **dict.fromkeys(("Bowl", "Pitcher", "Plate"), ""),
    },
    "Everyday Objects": dict.fromkeys(
        (
            *("Bottle", "Clock", "Toothbrush", "Bucket", "Basket", "Barrel", "Box", "Mailbox"),
            *("Broom", "Towel", "Hourglass", "Compass", "Pen", "Coin Purse", "Lock"),
        ),
        "",
    )
    | {"Publication": "", "Book": "Publication", "Comics": "Book", "Watch": ""},
    "Technology and Computing": {
        "Electronics": "",
        **dict.fromkeys(
            (
                *("TV", "Computer", "Computer Mouse", "Remote Control", "Computer Keyboard"),
                *("Phone", "Screen", "Printer", "Camera", "Speaker", "Radio", "Microphone"),
                *("Projector", "Electronic Component", "Joystick"),
            ),
            "Electronics",
        ),
        "Laptop": "Computer",
        "Mobile Phone": "Phone",
        "Payphone": "Phone",
    },
    "Tools and Machinery": {
        "Tool": "",
        **dict.fromkeys(
            (
                *("Hammer", "Screwdriver", "Axe", "Shovel", "Chain Saw", "Power Drill"),
                *("Lawn Mower", "Plunger"),
            ),
            "Tool",
        ),
        "Scissors": "",
        "Crane": "",
        "Tripod": "",
        "Scale": "",
        "Binoculars": "",
        "Telescope": "",
    },
    "Apparel and Accessories": {
        "Accessories": "",
        "Clothing": "",
        **dict.fromkeys(("Tie", "Umbrella", "Sunglasses", "Necklace"), "Accessories"),
        "Bag": "Accessories",
        **dict.fromkeys(("Backpack", "Handbag"), "Bag"),
        **dict.fromkeys(
            (
                *("Hat", "Helmet", "Footwear", "Dress", "Skirt", "Swimwear", "Coat", "Sweater"),
                *("Jeans", "Suit", "Underwear"),
            ),
            "Clothing",
        ),
        **dict.fromkeys(("Shoe", "Boot", "Sandal", "Sock"), "Footwear"),
    },
    "Travel and Adventure": {"Suitcase": "Bag"},
    "Sports": {
        "Sports Equipment": "",
        **dict.fromkeys(
            (
                *("Skis", "Snowboard", "Ball", "Baseball Bat", "Baseball Glove", "Skateboard"),
                *("Surfboard", "Tennis Racket", "Parachute"),
            ),
            "Sports Equipment",
        ),
        **dict.fromkeys(
            (
                *("Soccer Ball", "Tennis Ball", "Golf Ball", "Volleyball", "Basketball"),
                *("Baseball", "Rugby Ball", "Ping Pong Ball"),
            ),
            "Ball",
        ),
        "Frisbee": "Toy",
        "Scuba Diving": "",
    },
    "Toys and Gaming": {
        "Toy": "",
        **dict.fromkeys(("Kite", "Teddy Bear"), "Toy"),
        **dict.fromkeys(("Carousel", "Slot Machine", "Pool Table"), ""),
    },
    "Hobbies and Interests": {
        "Musical Instrument": "",
        **dict.fromkeys(
            (
                *("Guitar", "Piano", "Violin", "Cello", "Drum", "Accordion", "Harp", "Flute"),
                *("Saxophone", "Brass Instrument", "Banjo", "Harmonica"),
            ),
            "Musical Instrument",
        ),
        "Puzzle": "",
        "Paintbrush": "",
    },
    "Performing Arts": {"Stage": ""},
    "Medical": dict.fromkeys(("Syringe", "Stethoscope"), ""),
    "Beauty and Personal Care": dict.fromkeys(("Lipstick", "Perfume"), ""),
    "Person Description": {"Person": ""},
}

# what each word is a kind of, "" for none
_PARENT: Mapping[str, str] = {
    word: parent for words in _WORDS.values() for word, parent in words.items()
}
_CATEGORY: Mapping[str, str] = {
    word: category for category, words in _WORDS.items() for word in words
}
NAMES = tuple(_PARENT)


def parents(name: str) -> tuple[str, ...]:
    """What it is a kind of, nearest first."""
    parent = _PARENT[name]
    return (parent, *parents(parent)) if parent else ()


def category(name: str) -> str:
    """The one category of a word."""
    return _CATEGORY[name]
