"""Pages for people: charts as static SVG, and what a replay says as one HTML file; pure."""
