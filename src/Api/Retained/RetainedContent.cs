namespace OrleansBroker.Api.Retained;

/// <summary>Whether payload and properties are shown, and the payload how.</summary>
internal enum RetainedContent
{
    None,
    Base64,

    /// <summary>As text where it is UTF-8, in base64 where it is not.</summary>
    Text,
}
