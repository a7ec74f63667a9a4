namespace OrleansBroker.Gateway.Admission.Enhanced.Scram;

/// <summary>How a client begins: <c>n,,n=user,r=nonce</c> (RFC 5802 section 7, client-first-message).</summary>
/// <param name="Header">Up to the second comma, which stays: <c>n,,</c>.</param>
/// <param name="Bare">All behind it.</param>
internal sealed record ClientFirstMessage(string Header, string Bare, string UserName, string Nonce)
{
    // Clients use 18 to 32 random bytes in base64.
    private const int MaxNonceChars = 256;

    public static ScramError Parse(ReadOnlySpan<byte> message, out ClientFirstMessage? parsed)
    {
        parsed = null;
        if (ScramAttributes.Decode(message) is not { } text)
            return ScramError.InvalidEncoding;
        var error = ParseHeader(text, out int headerLength, out string? authorizationIdentity);
        if (error != ScramError.None)
            return error;
        string bare = text[headerLength..];
        if (bare.StartsWith("m=", StringComparison.Ordinal))
            return ScramError.ExtensionsNotSupported;
        var attributes = new ScramAttributes(bare);
        if (!attributes.TryRead('n', out var name) || ScramName.Unescape(name) is not { } userName
            || !attributes.TryRead('r', out var nonce) || !IsNonce(nonce) || !attributes.SkipExtensions())
            return ScramError.InvalidEncoding;
        if (authorizationIdentity is not null && authorizationIdentity != userName)
            return ScramError.OtherAuthorizationIdentity;
        parsed = new(text[..headerLength], bare, userName, nonce.ToString());
        return ScramError.None;
    }

    // "n" has no channel binding; "y" would have, and believes that the server has none, which is so.
    private static ScramError ParseHeader(string text, out int length, out string? authorizationIdentity)
    {
        authorizationIdentity = null;
        int first = text.IndexOf(',', StringComparison.Ordinal);
        int second = first < 0 ? first : text.IndexOf(',', first + 1);
        length = second + 1;
        if (second < 0)
            return ScramError.InvalidEncoding;
        if (text.StartsWith("p=", StringComparison.Ordinal))
            return ScramError.ChannelBindingNotSupported;
        if (text[..first] is not ("n" or "y"))
            return ScramError.InvalidEncoding;
        var identity = text.AsSpan()[(first + 1)..second];
        if (identity.IsEmpty)
            return ScramError.None;
        if (identity.StartsWith("a=", StringComparison.Ordinal))
            authorizationIdentity = ScramName.Unescape(identity[2..]);
        return authorizationIdentity is null ? ScramError.InvalidEncoding : ScramError.None;
    }

    private static bool IsNonce(ReadOnlySpan<char> text) => text.Length <= MaxNonceChars && !text.ContainsAnyExceptInRange('!', '~');
}
