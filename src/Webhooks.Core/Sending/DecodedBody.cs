namespace Webhooks.Core.Sending;

/// <summary>What became of a compressed body.</summary>
/// <param name="Bytes">The beginning of what it decodes to.</param>
/// <param name="Whole">Whether that is all that the coded bytes hold.</param>
/// <param name="Broken">Whether they are not valid from some place on, or break off.</param>
internal sealed record DecodedBody(byte[] Bytes, bool Whole, bool Broken);
