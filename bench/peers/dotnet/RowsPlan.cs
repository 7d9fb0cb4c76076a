namespace Peers;

/// <summary>The rows to insert and then update.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Batch">How many in a statement.</param>
/// <param name="BodyBytes">The size of each row's body: that of a delivery, or 0.</param>
internal sealed record RowsPlan(int Rows, int Batch, int BodyBytes);
