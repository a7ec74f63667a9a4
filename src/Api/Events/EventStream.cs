using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Presence;

namespace OrleansBroker.Api.Events;

/// <summary>Writes a feed as server-sent events until its reader or the node goes. Nothing is read from the cores while the reader does not take what was written.</summary>
internal sealed class EventStream(HttpContext context, IPresenceFeed feed, TimeProvider time)
{
    public const string MediaType = "text/event-stream";

    /// <summary>Below what most proxies wait for.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>A reader that takes nothing for so long is closed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StringBuilder _text = new();

    /// <param name="stopping">The node stops: the answer ends as one that is complete, and the reader goes on elsewhere.</param>
    public async Task WriteAsync(CancellationToken stopping)
    {
        Begin();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        try
        {
            _text.Append("retry: 1000\n");
            Append(": what happens from here on\n", feed.Position);
            await FlushAsync();
            while (true)
            {
                var entries = await feed.NextAsync(Heartbeat, end.Token);
                foreach (var entry in entries)
                    Append(entry);
                if (entries.Count == 0)
                    Append(":\n", feed.Position);
                await FlushAsync();
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The node stops, or the reader has gone.
        }
    }

    private void Begin()
    {
        context.Response.ContentType = MediaType;
        // Proxies that know it pass each event on at once.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // The bound is ours.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private void Append(FeedEntry entry)
    {
        var view = PresenceView.Of(entry);
        Append($"event: {view.Type}\ndata: {JsonSerializer.Serialize(view, ApiJson.Options)}\n", entry.Position);
    }

    /// <summary>An id without data is remembered by the reader, and no event for it.</summary>
    private void Append(string lines, string position) => _text.Append("id: ").Append(position).Append('\n').Append(lines).Append('\n');

    private async Task FlushAsync()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(_text.ToString());
        _text.Clear();
        try
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask().WaitAsync(Patience, time, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted).WaitAsync(Patience, time, context.RequestAborted);
        }
        catch (TimeoutException)
        {
            context.Abort();
            throw new OperationCanceledException(context.RequestAborted);
        }
    }
}
