using System.Buffers.Text;
using System.Text;

namespace OrleansBroker.Gateway.Admission.Enhanced.Scram;

/// <summary>How a client proves itself: <c>c=header,r=nonce,p=proof</c> (RFC 5802 section 7, client-final-message).</summary>
/// <param name="WithoutProof">All before <c>,p=</c>.</param>
internal sealed record ClientFinalMessage(string WithoutProof, byte[] Proof)
{
    private const string ProofMark = ",p=";

    /// <param name="first">How the client began.</param>
    /// <param name="nonce">Both nonces, as the server sent them.</param>
    /// <param name="proofBytes">How long a proof is.</param>
    public static ScramError Parse(ReadOnlySpan<byte> message, ClientFirstMessage first, string nonce, int proofBytes, out ClientFinalMessage? parsed)
    {
        parsed = null;
        if (ScramAttributes.Decode(message) is not { } text)
            return ScramError.InvalidEncoding;
        int mark = text.LastIndexOf(ProofMark, StringComparison.Ordinal);
        if (mark < 0 || FromBase64(text.AsSpan(mark + ProofMark.Length), proofBytes) is not { } proof)
            return ScramError.InvalidEncoding;
        string withoutProof = text[..mark];
        var attributes = new ScramAttributes(withoutProof);
        if (!attributes.TryRead('c', out var header) || !attributes.TryRead('r', out var repeated) || !attributes.SkipExtensions())
            return ScramError.InvalidEncoding;
        if (!header.SequenceEqual(Convert.ToBase64String(Encoding.UTF8.GetBytes(first.Header))))
            return ScramError.ChannelBindingsDoNotMatch;
        if (!repeated.SequenceEqual(nonce))
            return ScramError.NonceDoesNotMatch;
        parsed = new(withoutProof, proof);
        return ScramError.None;
    }

    // White space, which .NET skips, would make the text longer than the bytes need.
    private static byte[]? FromBase64(ReadOnlySpan<char> text, int bytes)
    {
        byte[] decoded = new byte[bytes];
        return text.Length == Base64.GetMaxEncodedToUtf8Length(bytes) && Convert.TryFromBase64Chars(text, decoded, out int length) && length == bytes
            ? decoded
            : null;
    }
}
