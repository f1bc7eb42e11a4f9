"""Makes the model files: fetched, checked, and converted for the ONNX runtime."""
