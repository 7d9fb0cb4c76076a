using Npgsql;
using NpgsqlTypes;

namespace Webhooks.Core.Postgres;

/// <summary>A parameter that may be NULL, and therefore needs its type.</summary>
internal static class NullableParameter
{
    public static NpgsqlParameter Create(string name, NpgsqlDbType type, object? value) =>
        new(name, type) { Value = value ?? DBNull.Value };
}
