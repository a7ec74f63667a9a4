using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace OrleansBroker.Api.Frame;

/// <summary>A cursor that says behind which texts a page begins: it holds on to no node and to no time.</summary>
public static class ListCursor
{
    // No text of MQTT has it.
    private const char Separator = '\0';

    /// <param name="texts">Valid UTF-8, without U+0000.</param>
    public static string Encode(params ReadOnlySpan<string> texts) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Separator, texts)));

    /// <param name="count">How many texts it has; none of them is empty.</param>
    public static bool TryDecode(string cursor, int count, [NotNullWhen(true)] out string[]? texts)
    {
        texts = null;
        if (!Base64Url.IsValid(cursor) || cursor.AsSpan().ContainsAnyExcept(Base64UrlAlphabet.Values))
            return false;
        byte[] utf8 = Base64Url.DecodeFromChars(cursor);
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
            return false;
        string[] found = Encoding.UTF8.GetString(utf8).Split(Separator);
        if (found.Length != count || found.Contains(""))
            return false;
        texts = found;
        return true;
    }

    /// <summary>The refusal of what is no cursor of this listing.</summary>
    public static ApiProblemException Refuse() => ApiProblem.InvalidParameter.Because("This is no cursor of this listing.", Paging.Cursor.Name);
}
