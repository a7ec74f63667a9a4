using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace OrleansBroker.Api.Jobs;

/// <summary>How far a job has come: the client id behind which it goes on, as base64url.</summary>
internal static class JobCursor
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Encode(string after) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(after));

    public static bool TryDecode(string cursor, out string after)
    {
        after = "";
        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(cursor.Length)];
        if (!Base64Url.IsValid(cursor) || Base64Url.DecodeFromChars(cursor, bytes, out _, out int length) != OperationStatus.Done)
            return false;
        try
        {
            after = Strict.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
