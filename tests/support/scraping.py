"""Reads /metrics as Prometheus does, with the parsers of its own client library."""

import urllib.request
from dataclasses import dataclass

from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as text_format
from prometheus_client.samples import Sample

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


@dataclass(frozen=True)
class Scrape:
    """What one scrape answered."""

    content_type: str
    samples: tuple[Sample, ...]

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of a name that have these labels, whatever others they have; 0 without any."""
        return sum(each.value for each in self.of(name, **labels))

    def of(self, name: str, **labels: str) -> list[Sample]:
        """The samples of a name that have these labels."""
        return [each for each in self.samples if each.name == name and labels.items() <= dict(each.labels).items()]

    def labels(self) -> set[str]:
        """Every value of every label."""
        return {value for each in self.samples for value in each.labels.values()}


def read_scrape(content_type: str, body: str) -> Scrape:
    parse = open_metrics if content_type.startswith("application/openmetrics-text") else text_format
    families = parse(body)
    return Scrape(content_type, tuple(sample for family in families for sample in family.samples))


def scrape(url: str, accept: str = OPEN_METRICS) -> Scrape:
    """Ask a process for its metrics."""
    request = urllib.request.Request(f"{url}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return read_scrape(answer.headers["Content-Type"], answer.read().decode())
