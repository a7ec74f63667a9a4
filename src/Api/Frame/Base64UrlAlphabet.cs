using System.Buffers;

namespace OrleansBroker.Api.Frame;

/// <summary>The framework's decoder takes padding and spaces too.</summary>
internal static class Base64UrlAlphabet
{
    public static readonly SearchValues<char> Values = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
