"""snn_workload."""
