"""The bundled world: drawings, species tables, captions, and the pictures made from them."""
