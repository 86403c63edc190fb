"""待核对: where two PCs wrote different things, both are kept, and somebody decides."""
