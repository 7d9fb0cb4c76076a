namespace Webhooks.Server.Local;

/// <summary>The text that shows whoever started a local run what to try, ready to paste.</summary>
internal static class Tour
{
    /// <summary>The tour's text.</summary>
    /// <param name="url">Where the server listens.</param>
    /// <param name="portal">A link to the portal.</param>
    /// <param name="tokenFile">
    /// The file with a token of <see cref="LocalToken.Organization"/>; null when an authority issues the tokens.
    /// </param>
    /// <param name="queues">The storage connection string of the queue.</param>
    public static string Text(string url, string portal, string? tokenFile, string? queues) =>
        $$$"""

        Webhooks is running on {{{url}}}. Ctrl-C stops it and everything that it started.

          Portal          {{{portal}}}
          API reference   {{{url}}}/docs
          Data and keys   {{{LocalDefaults.DataDirectory}}}
          Log             this terminal: a line for each event accepted and for each attempt
          History         GET {{{url}}}/api/v1/webhooks/{id}/deliveries

        To try it, start a receiver in a second terminal:

          node '{{{Receiver}}}' 9000

        and paste this into a third:

          export TOKEN={{{(tokenFile is null ? "'a token from your authority'" : $"$(cat '{tokenFile}')")}}}

          # Register two webhooks. Each answer has the secret that signs the requests; it is shown this once.
          curl -X POST {{{url}}}/api/v1/webhooks -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \
            -d '{"url":"http://localhost:9000/hook","events":["user.created","subscription.created"],"description":"My webhook","active":true}'
          curl -X POST {{{url}}}/api/v1/webhooks -H "Authorization: Bearer $TOKEN" -d '{"url":"http://localhost:9000/all","events":["*"]}'
          curl {{{url}}}/api/v1/webhooks -H "Authorization: Bearer $TOKEN"

          # Publish an event. The receiver shows a signed POST for each of the two.
          curl -X POST {{{url}}}/api/v1/events -H "Authorization: Bearer $TOKEN" -d '{"event":"user.created","data":{"user_id":"42"}}'

          # Send a sample to one webhook, and see its history.
          WEBHOOK=$(curl -s "{{{url}}}/api/v1/webhooks?limit=1" -H "Authorization: Bearer $TOKEN" | grep -o '"id":"[^"]*' | cut -d '"' -f 4)
          curl -X POST {{{url}}}/api/v1/webhooks/$WEBHOOK/test -H "Authorization: Bearer $TOKEN"
          curl {{{url}}}/api/v1/webhooks/$WEBHOOK/deliveries -H "Authorization: Bearer $TOKEN"

        Or publish by a message on the queue webhook-events, with Webhooks.Client or any storage client:

          await new QueuePublisher(connectionString).PublishAsync(Guid.Parse("{{{LocalToken.Organization}}}"), "user.created", new { UserId = "42" });

          message             {"org_id":"{{{LocalToken.Organization}}}","event":"user.created","data":{"user_id":"42"}}
          connection string   {{{queues}}}

        """;

    private static string Receiver => Path.Combine(NodeScript.Directory, "receiver.mjs");
}
