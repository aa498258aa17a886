"""An `OpenTelemetry` whose spans and metrics are kept in memory."""

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from lionpride_trio.observe import OpenTelemetry


class Kept:
    """An observer whose spans and metrics are kept in memory."""

    def __init__(self, **settings):
        self.exporter = InMemorySpanExporter()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider(metric_readers=[self.reader])
        self.observer = OpenTelemetry(
            tracer_provider=self.tracers, meter_provider=self.meters, **settings
        )
        self.tracer = self.tracers.get_tracer("program")

    @property
    def spans(self):
        return self.exporter.get_finished_spans()

    def one(self, name):
        (span,) = [span for span in self.spans if span.name == name]
        return span

    def parents(self):
        """The name of each span, with that of its parent."""
        names = {span.context.span_id: span.name for span in self.spans}
        return in_order(
            (span.name, names.get(span.parent.span_id) if span.parent else None)
            for span in self.spans
        )

    def points(self):
        """The points of all metrics, by name."""
        data = self.reader.get_metrics_data()
        return {
            metric.name: list(metric.data.data_points)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


def in_order(pairs):
    return sorted(pairs, key=str)


async def read(model):
    async with model.stream("the prompt") as reply:
        async for _ in reply:
            pass
