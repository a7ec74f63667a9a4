using System.Globalization;

namespace OrleansBroker.Api.Frame.Access;

/// <summary>One key as it is kept: <c>NAME:ROLES:HASH:CREATED</c>, such as <c>ops:read,publish:9f86…:2026-01-31T12:00:00Z</c>.</summary>
/// <param name="Hash">SHA-256 of the key, 32 bytes; in the line as lower-case hexadecimal.</param>
/// <param name="Created">In the line as RFC 3339, UTC, whole seconds.</param>
public sealed record ApiKeyRecord(string Name, ApiRole Roles, byte[] Hash, DateTimeOffset Created)
{
    private const int HashBytes = 32;
    private const int MaxNameLength = 64;
    private const string CreatedFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly (string Name, ApiRole Role)[] RoleNames = [("read", ApiRole.Read), ("publish", ApiRole.Publish), ("admin", ApiRole.Admin)];

    /// <summary>Why a name cannot stand in the file; null when it can.</summary>
    public static string? RefuseName(string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '@')
            ? null
            : $"a key's name has 1 to {MaxNameLength} of the characters A-Z a-z 0-9 - _ . @.";

    /// <summary>Reads roles, separated by commas.</summary>
    public static bool TryParseRoles(string text, out ApiRole roles)
    {
        roles = ApiRole.None;
        foreach (string name in text.Split(','))
        {
            var role = RoleNames.FirstOrDefault(each => each.Name == name).Role;
            if (role == ApiRole.None || roles.HasFlag(role))
                return false;
            roles |= role;
        }
        return true;
    }

    /// <summary>Reads one line.</summary>
    /// <param name="reason">When it is none: why, without repeating what may be a secret.</param>
    public static ApiKeyRecord? Parse(string line, out string reason)
    {
        reason = "";
        string[] parts = line.TrimEnd().Split(':', 4);
        if (parts.Length < 4)
            reason = "a line must be NAME:ROLES:HASH:CREATED; orleans-broker api-key add writes it.";
        else if (RefuseName(parts[0]) is { } refused)
            reason = refused;
        else if (!TryParseRoles(parts[1], out var roles))
            reason = "the roles must be read, publish, admin, or several separated by commas.";
        else if (!TryParseHash(parts[2], out byte[] hash))
            reason = "the hash must be 64 hexadecimal digits.";
        else if (!DateTimeOffset.TryParseExact(parts[3], CreatedFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created))
            reason = "the last field must be a time such as 2026-01-31T12:00:00Z.";
        else
            return new(parts[0], roles, hash, created);
        return null;
    }

    /// <summary>As the file and the commands write them: <c>read,publish</c>.</summary>
    public static string Format(ApiRole roles) => string.Join(',', RoleNames.Where(each => roles.HasFlag(each.Role)).Select(each => each.Name));

    public override string ToString() => $"{Name}:{Format(Roles)}:{Convert.ToHexStringLower(Hash)}:{Created.UtcDateTime.ToString(CreatedFormat, CultureInfo.InvariantCulture)}";

    private static bool TryParseHash(string text, out byte[] hash)
    {
        hash = new byte[HashBytes];
        return text.Length == 2 * HashBytes && text.All(char.IsAsciiHexDigit) && Convert.FromHexString(text, hash, out _, out _) == System.Buffers.OperationStatus.Done;
    }
}
