namespace Webhooks.Core.Deliveries;

/// <summary>A delivery's status as the column <c>status</c> holds it and the Functions app's history shows it.</summary>
public static class DeliveryStatusText
{
    /// <summary>The column's text.</summary>
    public static string ToText(this DeliveryStatus status) => status switch
    {
        DeliveryStatus.Pending => "pending",
        DeliveryStatus.Succeeded => "succeeded",
        DeliveryStatus.Failed => "failed",
        DeliveryStatus.Canceled => "canceled",
        DeliveryStatus.Skipped => "skipped",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No such status."),
    };

    /// <summary>The status of the column's text.</summary>
    public static DeliveryStatus Parse(string text) =>
        Enum.GetValues<DeliveryStatus>().First(status => status.ToText() == text);
}
