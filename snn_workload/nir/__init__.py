"""Networks of other frameworks, by way of NIR (Pedersen et al., Nature Communications 15:8122, 2024)."""
