"""The 80 kinds of the detector, in the order of its numbers, by their words in `label_names.py`."""

KINDS = (
    "Person", "Bicycle", "Car", "Motorcycle", "Airplane", "Bus", "Train", "Truck", "Boat",
    "Traffic Light", "Hydrant", "Stopsign", "Parking Meter", "Bench", "Bird", "Cat", "Dog", "Horse",
    "Sheep", "Cow", "Elephant", "Bear", "Zebra", "Giraffe", "Backpack", "Umbrella", "Handbag",
    "Tie", "Suitcase", "Frisbee", "Skis", "Snowboard", "Ball", "Kite", "Baseball Bat",
    "Baseball Glove", "Skateboard", "Surfboard", "Tennis Racket", "Bottle", "Wine Glass", "Cup",
    "Fork", "Knife", "Spoon", "Bowl", "Banana", "Apple", "Sandwich", "Orange", "Broccoli", "Carrot",
    "Hot Dog", "Pizza", "Donut", "Cake", "Chair", "Couch", "Potted Plant", "Bed", "Dining Table",
    "Toilet", "TV", "Laptop", "Computer Mouse", "Remote Control", "Computer Keyboard",
    "Mobile Phone", "Microwave", "Oven", "Toaster", "Sink", "Refrigerator", "Book", "Clock", "Vase",
    "Scissors", "Teddy Bear", "Hair Dryer", "Toothbrush",
)  # fmt: skip
