using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Sessions;

/// <summary>A page of sessions as JSON, written as it is sent: pages are many and large.</summary>
internal sealed class SessionPageAnswer(SessionPage page, IReadOnlyList<SessionField> fields) : IResult
{
    private const int FlushedBytes = 32 * 1024;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        var writer = httpContext.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(writer, Options);
        json.WriteStartObject();
        json.WriteStartArray("items"u8);
        bool countsAll = !fields.Any(static field => field.IsCounted);
        foreach (var item in page.Items)
        {
            json.WriteStartObject();
            json.WriteString("clientId"u8, item.ClientId);
            foreach (var field in fields)
                field.Write(json, item);
            if (!countsAll && item.HasMore)
                json.WriteBoolean("countedInPart"u8, true);
            json.WriteEndObject();
            if (json.BytesPending < FlushedBytes)
                continue;
            await json.FlushAsync(httpContext.RequestAborted);
            await writer.FlushAsync(httpContext.RequestAborted);
        }
        json.WriteEndArray();
        WriteEnd(json);
        json.WriteEndObject();
        await json.FlushAsync(httpContext.RequestAborted);
    }

    private void WriteEnd(Utf8JsonWriter json)
    {
        json.WriteString("cursor"u8, page.Next is null ? null : SessionCursor.Encode(page.Next));
        json.WriteString("asOf"u8, Times.Of(page.AsOf).UtcDateTime.ToString(TimeConverter.Format, CultureInfo.InvariantCulture));
        if (page.Partial.Count == 0)
            return;
        json.WriteStartArray("partial"u8);
        foreach (string node in page.Partial)
            json.WriteStringValue(node);
        json.WriteEndArray();
    }
}
