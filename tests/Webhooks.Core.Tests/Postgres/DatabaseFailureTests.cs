using System.Net.Sockets;
using System.Reflection;
using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Tests.Postgres;

public sealed class DatabaseFailureTests
{
    /// <summary>What to make of a failure: wait with the work, give the data up for good, doubt the data, or none of it.</summary>
    public enum Verdict
    {
        Unexpected,
        Outage,
        OfData,
        ForGood,
    }

    /// <summary>Every class of errors that PostgreSQL knows.</summary>
    public static TheoryData<string, Verdict> Classes { get; } = new()
    {
        { "00", Verdict.Unexpected }, // success
        { "01", Verdict.Unexpected }, // warning
        { "02", Verdict.Unexpected }, // no data
        { "03", Verdict.Unexpected }, // statement not yet complete
        { "08", Verdict.Outage }, // connection
        { "09", Verdict.Unexpected }, // triggered action
        { "0A", Verdict.Outage }, // a cached plan whose result type has changed
        { "0B", Verdict.Unexpected }, // transaction initiation
        { "0F", Verdict.Unexpected }, // locator
        { "0L", Verdict.Unexpected }, // grantor
        { "0P", Verdict.Unexpected }, // role specification
        { "0Z", Verdict.Unexpected }, // diagnostics
        { "10", Verdict.Unexpected }, // XQuery
        { "20", Verdict.Unexpected }, // case not found
        { "21", Verdict.OfData }, // cardinality
        { "22", Verdict.ForGood }, // data
        { "23", Verdict.OfData }, // integrity constraint
        { "24", Verdict.Unexpected }, // cursor state
        { "25", Verdict.Outage }, // transaction state: read-only, idle for too long
        { "26", Verdict.Outage }, // prepared statement that the session does not have
        { "27", Verdict.Unexpected }, // triggered data change
        { "28", Verdict.Outage }, // password, pg_hba.conf
        { "2B", Verdict.Unexpected }, // dependent privileges
        { "2D", Verdict.Outage }, // transaction termination
        { "2F", Verdict.Unexpected }, // SQL routine
        { "34", Verdict.Unexpected }, // cursor name
        { "38", Verdict.Unexpected }, // external routine
        { "39", Verdict.Unexpected }, // external routine invocation
        { "3B", Verdict.Unexpected }, // savepoint
        { "3D", Verdict.Outage }, // database
        { "3F", Verdict.Outage }, // schema
        { "40", Verdict.Outage }, // rollback: deadlock, serialization
        { "42", Verdict.Outage }, // privileges, missing tables, a prepared statement that the session has already
        { "44", Verdict.Unexpected }, // WITH CHECK OPTION
        { "53", Verdict.Outage }, // resources: disk, memory, connections
        { "54", Verdict.ForGood }, // program limit
        { "55", Verdict.Outage }, // object state: lock_timeout
        { "57", Verdict.Outage }, // operator: shutdown, statement_timeout
        { "58", Verdict.Outage }, // operating system
        { "72", Verdict.Unexpected }, // snapshot too old
        { "F0", Verdict.Outage }, // configuration file
        { "HV", Verdict.Unexpected }, // foreign data
        { "P0", Verdict.Unexpected }, // PL/pgSQL
        { "XX", Verdict.Unexpected }, // internal
    };

    [Theory]
    [MemberData(nameof(Classes))]
    public void Each_class_of_errors_is_an_outage_or_of_the_data_or_neither(string errors, Verdict verdict) =>
        Assert.Equal(verdict, VerdictOn(Error(errors + "Z99")));

    [Fact]
    public void Every_class_that_the_driver_knows_is_named()
    {
        var known = typeof(PostgresErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(code => ((string)code.GetRawConstantValue()!)[..2]);

        Assert.Empty(known.Except(Classes.Select(row => row.Data.Item1)));
    }

    [Theory]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction)]
    [InlineData(PostgresErrorCodes.QueryCanceled)]
    [InlineData(PostgresErrorCodes.InvalidPassword)]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege)]
    [InlineData(PostgresErrorCodes.UndefinedTable)]
    [InlineData(PostgresErrorCodes.InvalidCatalogName)]
    [InlineData(PostgresErrorCodes.InvalidSqlStatementName)]
    [InlineData(PostgresErrorCodes.DuplicatePreparedStatement)]
    [InlineData(PostgresErrorCodes.DiskFull)]
    [InlineData(PostgresErrorCodes.DataCorrupted)]
    [InlineData(PostgresErrorCodes.IndexCorrupted)]
    public void What_operators_can_mend_is_an_outage(string code) => Assert.Equal(Verdict.Outage, VerdictOn(Error(code)));

    [Fact]
    public void Whatever_comes_between_us_and_the_server_is_an_outage()
    {
        Assert.Equal(Verdict.Outage, VerdictOn(new NpgsqlException("Broken.", new SocketException())));
        Assert.Equal(Verdict.Outage, VerdictOn(new TimeoutException()));
        Assert.Equal(Verdict.Unexpected, VerdictOn(new InvalidOperationException()));
    }

    [Fact]
    public void A_timeout_is_the_clients_or_the_servers_and_no_other_outage()
    {
        Assert.True(DatabaseFailure.IsTimeout(Error(PostgresErrorCodes.QueryCanceled)));
        Assert.True(DatabaseFailure.IsTimeout(new NpgsqlException("Slow.", new TimeoutException())));
        Assert.False(DatabaseFailure.IsTimeout(new NpgsqlException("Broken.", new IOException())));
        Assert.False(DatabaseFailure.IsTimeout(Error(PostgresErrorCodes.AdminShutdown)));
    }

    private static PostgresException Error(string code) => new("A message.", "ERROR", "ERROR", code);

    private static Verdict VerdictOn(Exception failure) =>
        (DatabaseFailure.IsOutage(failure), DatabaseFailure.IsOfData(failure), DatabaseFailure.IsForGood(failure)) switch
        {
            (false, false, false) => Verdict.Unexpected,
            (true, false, false) => Verdict.Outage,
            (false, true, false) => Verdict.OfData,
            (false, true, true) => Verdict.ForGood,
            var contradiction => throw new InvalidOperationException($"{contradiction} contradicts itself."),
        };
}
