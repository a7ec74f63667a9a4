using System.Globalization;
using System.Text.Json;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Sessions;

/// <summary>A field of a session in a list: writes its member, or nothing where it does not apply.</summary>
/// <param name="IsCounted">It costs a look at each message or subscription, and is written only where asked for.</param>
internal sealed record SessionField(string Name, Action<Utf8JsonWriter, SessionItem> Write, bool IsCounted = false)
{
    private const string ClientIdName = "clientId";

    public static IReadOnlyList<SessionField> All { get; } =
    [
        new("connected", static (json, item) => json.WriteBoolean("connected"u8, item.IsConnected)),
        new("username", static (json, item) => Text(json, "username"u8, item.UserName)),
        new("protocolVersion", static (json, item) => Text(json, "protocolVersion"u8, ProtocolVersions.NameOf(item.Version))),
        new("node", static (json, item) => Text(json, "node"u8, item.IsConnected ? item.Gateway?.ToParsableString() : null)),
        new("address", static (json, item) => Text(json, "address"u8, item.RemoteAddress)),
        new("keepAlive", static (json, item) => Number(json, "keepAlive"u8, item.KeepAliveSeconds, item.IsConnected && item.Parts != SessionParts.Store)),
        new("createdAt", static (json, item) => Time(json, "createdAt"u8, item.CreatedAt)),
        new("connectedAt", static (json, item) => Time(json, "connectedAt"u8, item.ConnectedAt)),
        new("lastSeenAt", static (json, item) => Time(json, "lastSeenAt"u8, item.LastSeenAt)),
        new("disconnectedAt", static (json, item) => Time(json, "disconnectedAt"u8, item.DisconnectedAt)),
        new("sessionExpiryInterval", static (json, item) => Number(json, "sessionExpiryInterval"u8, item.ExpiryIntervalSeconds)),
        new("expiresAt", static (json, item) => Time(json, "expiresAt"u8, item.ExpiresAt ?? 0)),
        new("epoch", static (json, item) => Number(json, "epoch"u8, item.Epoch)),
        new("inflightOutgoing", static (json, item) => Number(json, "inflightOutgoing"u8, item.InflightOut)),
        new("inflightIncoming", static (json, item) => Number(json, "inflightIncoming"u8, item.InflightIn, item.Parts != SessionParts.Store)),
        new("queuedMessages", static (json, item) => Number(json, "queuedMessages"u8, item.Queued), IsCounted: true),
        new("queuedBytes", static (json, item) => Number(json, "queuedBytes"u8, item.QueuedBytes), IsCounted: true),
        new("subscriptions", static (json, item) => Number(json, "subscriptions"u8, item.Subscriptions), IsCounted: true),
    ];

    /// <summary>Names that may be asked for.</summary>
    public static IReadOnlyList<string> Names { get; } = [ClientIdName, .. All.Select(static field => field.Name)];

    /// <summary>Those that are asked for; without a word, those that cost nothing.</summary>
    public static IReadOnlyList<SessionField> Of(IReadOnlyList<string>? names) =>
        [.. All.Where(field => names is null ? !field.IsCounted : names.Contains(field.Name))];

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, long value, bool applies = true)
    {
        if (applies)
            json.WriteNumber(name, value);
    }

    private static void Time(Utf8JsonWriter json, ReadOnlySpan<byte> name, long utcMilliseconds)
    {
        if (utcMilliseconds == 0)
            return;
        Span<char> text = stackalloc char[32];
        Times.Of(utcMilliseconds).UtcDateTime.TryFormat(text, out int length, TimeConverter.Format, CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
    }
}
