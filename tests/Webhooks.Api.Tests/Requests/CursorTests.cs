using CsCheck;
using Webhooks.Api.Requests;

namespace Webhooks.Api.Tests.Requests;

public sealed class CursorTests
{
    [Fact]
    public void A_cursor_gives_back_its_id() =>
        Gen.Guid.Sample(id => Cursor.TryDecode(Cursor.Encode(id)!, out var decoded) && decoded == id);

    [Fact]
    public void A_cursor_needs_no_escaping_in_a_url() =>
        Gen.Guid.Sample(id => Uri.EscapeDataString(Cursor.Encode(id)!) == Cursor.Encode(id));

    [Fact]
    public void Any_other_text_is_refused_without_an_exception() =>
        Gen.String.Sample(text => !Cursor.TryDecode(text, out _));

    [Fact]
    public void A_cursor_that_was_changed_in_length_or_version_is_refused()
    {
        var cursor = Cursor.Encode(Guid.CreateVersion7())!;

        Assert.False(Cursor.TryDecode(cursor[1..], out _));
        Assert.False(Cursor.TryDecode(cursor + "A", out _));
        Assert.False(Cursor.TryDecode(cursor + "=", out _));
        Assert.False(Cursor.TryDecode(" " + cursor[1..], out _));
        Assert.False(Cursor.TryDecode("B" + cursor[1..], out _));
    }

    [Fact]
    public void There_is_no_cursor_behind_the_last_page() => Assert.Null(Cursor.Encode(null));
}
