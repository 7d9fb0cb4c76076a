using BenchmarkDotNet.Attributes;
using Npgsql;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;

namespace Webhooks.Benchmarks;

/// <summary>
/// The steps that every published event goes through before it is stored. Which webhooks get it is matched by PostgreSQL.
/// </summary>
public class Events
{
    private const int ArrayLength = 100;

    private readonly EventMessageReader _reader = new(
        new WebhooksOptions(), new KnownEventTypes(NpgsqlDataSource.Create("Host=localhost"), TimeProvider.System));
    private readonly byte[] _array =
        [
            .. "["u8,
            .. Enumerable.Range(0, ArrayLength).SelectMany(i => i == 0 ? Samples.EventMessage : [.. ","u8, .. Samples.EventMessage]),
            .. "]"u8,
        ];

    [Benchmark(Description = "Catalog: a type is found")]
    public EventType? Found() => EventCatalog.BuiltIn.Find("device.registered");

    [Benchmark(Description = "Catalog: there is no such type")]
    public EventType? NotFound() => EventCatalog.BuiltIn.Find("device.unregistered");

    [Benchmark(Description = "A message is read")]
    public EventMessages Message() => _reader.Read(Samples.EventMessage, orgId: null);

    [Benchmark(Description = "A message is read, in an array of 100", OperationsPerInvoke = ArrayLength)]
    public EventMessages Array() => _reader.ReadMany(_array, orgId: null);
}
