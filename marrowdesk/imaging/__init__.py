"""Finding images in a folder, decoding them to RGB, thumbnails and crops."""
