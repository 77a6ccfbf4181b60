"""How well what a network learned carries over to laboratories and numbers of cells it was not trained on."""
