"""Data to train on: scikit-learn's digits, event recordings from the user's files, arrays; and their encodings over time."""
