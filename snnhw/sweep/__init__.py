"""Many evaluations: plans, the store, where points are evaluated, fronts and comparisons."""
