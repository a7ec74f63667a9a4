namespace OrleansBroker.Api.Frame;

/// <summary>Whether a payload is shown, and how.</summary>
internal enum ShownPayload
{
    None,
    Base64,

    /// <summary>As text where it is UTF-8, in base64 where it is not.</summary>
    Text,
}
