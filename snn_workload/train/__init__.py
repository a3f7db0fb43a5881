"""The trainer: spiking networks in numpy, trained by backpropagation through time or by STDP, and their measured sparsity."""
