using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Webhooks.Core.Telemetry;

namespace Webhooks.Testing;

/// <summary>A listener to one object's metrics, which hears what an exporter does.</summary>
public sealed class MeasurementRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Instrument, Measured Measurement)> _measurements = [];

    public MeasurementRecorder(WebhooksMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == metrics.Meter)
            {
                Instruments[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public ConcurrentDictionary<string, Instrument> Instruments { get; } = [];

    /// <summary>The measurements of an instrument so far.</summary>
    public IReadOnlyList<Measured> Of(string instrument) =>
        [.. _measurements.Where(item => item.Instrument == instrument).Select(item => item.Measurement)];

    /// <summary>The measurements that an observable instrument gives now.</summary>
    public IReadOnlyList<Measured> Observe(string instrument)
    {
        _measurements.Clear();
        _listener.RecordObservableInstruments();
        return Of(instrument);
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
        _measurements.Enqueue((instrument.Name, new Measured(value, text)));
    }
}
