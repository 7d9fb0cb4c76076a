using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Webhooks.Core;

namespace Webhooks.Benchmarks;

/// <summary>Ids that carry their time. A delivery's is computed by PostgreSQL.</summary>
public class Ids
{
    private readonly byte[] _name = "01a20996-a184-7e74-ad7f-8308d9890ee7"u8.ToArray();

    [Benchmark]
    public Guid New() => Guid.CreateVersion7();

    [Benchmark]
    public Guid Derived() => UuidV7.Create(Samples.Time, SHA256.HashData(_name));

    [Benchmark]
    public DateTimeOffset? TimeOf() => UuidV7.TimeOf(Samples.WebhookId);
}
