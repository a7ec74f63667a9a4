using System.Text;
using System.Text.Unicode;

namespace OrleansBroker.Api.Frame;

/// <summary>A payload as JSON can hold it; both are null where there is none to show.</summary>
internal readonly record struct PayloadText(string? Text, string? Base64)
{
    /// <param name="payload">Null where it was not read.</param>
    public static PayloadText Of(byte[]? payload, ShownPayload shown) => payload switch
    {
        null => default,
        _ when shown == ShownPayload.Text && Utf8.IsValid(payload) => new(Encoding.UTF8.GetString(payload), Base64: null),
        _ => new(Text: null, Convert.ToBase64String(payload)),
    };
}
