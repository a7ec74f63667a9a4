namespace OrleansBroker.Gateway.Admission;

/// <summary>Who a client is, as far as it was verified.</summary>
/// <param name="UserName">The user whose password was checked. Null for everybody else: a user name that nobody checked is no identity.</param>
public sealed record ClientIdentity(string? UserName)
{
    public static ClientIdentity Anonymous { get; } = new(UserName: null);
}
