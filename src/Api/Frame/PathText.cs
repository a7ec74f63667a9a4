using System.Buffers;
using System.Buffers.Text;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OrleansBroker.Api.Frame;

/// <summary>
/// A client id, topic or filter in a path, <c>{clientId}</c>: the parameter of an endpoint's method with the name of the route's parameter. It stands there percent-encoded and is decoded
/// once from what the client sent (<see cref="Pipeline.RawPath"/>); or as <c>~</c> and the base64url, unpadded, of its UTF-8. What begins with <c>~</c> itself, and
/// <c>.</c> and <c>..</c>, which HTTP removes from paths, is written in the second form only.
/// </summary>
/// <param name="Text">Not empty, valid UTF-8, without U+0000.</param>
public readonly record struct PathText(string Text)
{
    private const char Escape = '~';

    /// <summary>Called by ASP.NET Core.</summary>
    /// <exception cref="ApiProblemException">The path has something else there.</exception>
    public static ValueTask<PathText> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        string name = parameter.Name!;
        return TryParse(context.GetRouteValue(name) as string ?? "", out var text)
            ? ValueTask.FromResult(text)
            : throw ApiProblem.InvalidPath.Because($"{{{name}}} in the path must be percent-encoded UTF-8, or ~ and unpadded base64url of UTF-8, without U+0000.", name);
    }

    /// <summary>How ASP.NET Core knows that a route's parameter can be this; it calls <see cref="BindAsync"/>, which explains what is wrong.</summary>
    public static bool TryParse(string? raw, IFormatProvider? provider, out PathText result) => TryParse(raw, out result);

    /// <summary>Reads what stands between two slashes of a request target.</summary>
    public static bool TryParse(ReadOnlySpan<char> raw, out PathText result)
    {
        result = default;
        if (!PercentText.TryDecode(raw, out string text) || text.Length == 0)
            return false;
        // After the decoding: for HTTP, %7E and ~ are the same.
        if (text[0] == Escape && !TryReadBase64(text.AsSpan(1), out text))
            return false;
        result = new(text);
        return true;
    }

    /// <summary>As it stands in a path of ours.</summary>
    public static string Encode(string text) => text is "." or ".." || text.StartsWith(Escape)
        ? Escape + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text))
        : Uri.EscapeDataString(text);

    public override string ToString() => Text;

    private static bool TryReadBase64(ReadOnlySpan<char> encoded, out string text)
    {
        text = "";
        if (encoded.IsEmpty || encoded.ContainsAnyExcept(Base64UrlAlphabet.Values))
            return false;
        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(encoded.Length)];
        if (Base64Url.DecodeFromChars(encoded, bytes, out _, out int length) != OperationStatus.Done)
            return false;
        var utf8 = bytes.AsSpan(0, length);
        // One text has one form: bits that mean nothing are zero.
        return Base64Url.EncodeToString(utf8).AsSpan().SequenceEqual(encoded) && PercentText.TryRead(utf8, out text);
    }
}
