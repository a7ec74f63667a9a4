using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Gateway.Tests.Admission.Passwords;

public sealed class VerifiedCredentialsTests
{
    [Fact]
    public void Add_MoreThanItHolds_ForgetsTheOldestAndStaysBounded()
    {
        var verified = new VerifiedCredentials(maxEntries: 10);

        for (ulong i = 0; i < 100; i++)
            verified.Add(Key(i));

        Assert.InRange(verified.Count, 5, 10);
        Assert.True(verified.Contains(Key(99)));
        Assert.False(verified.Contains(Key(0)));
    }

    [Fact]
    public void Contains_UsedNowAndThen_IsNotForgotten()
    {
        var verified = new VerifiedCredentials(maxEntries: 10);
        verified.Add(Key(0));

        for (ulong i = 1; i < 100; i++)
        {
            verified.Add(Key(i));
            Assert.True(verified.Contains(Key(0)));
        }
    }

    [Fact]
    public void Add_RoomForNone_RemembersNothing()
    {
        var verified = new VerifiedCredentials(maxEntries: 0);

        verified.Add(Key(1));

        Assert.False(verified.Contains(Key(1)));
        Assert.Equal(0, verified.Count);
    }

    [Fact]
    public void KeyOf_AnyDifference_IsAnotherKey()
    {
        var hash = PasswordHash.Create("x"u8, PasswordHash.MinIterations);
        var ann = new PasswordRecord("ann", hash);

        var keys = new[]
        {
            CredentialKey.Of(ann, "one"u8), CredentialKey.Of(ann, "two"u8), CredentialKey.Of(ann, ""u8), CredentialKey.Of(new("an", hash), "none"u8),
            CredentialKey.Of(new("ann", PasswordHash.Create("x"u8, PasswordHash.MinIterations)), "one"u8),
        };

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], CredentialKey.Of(new("ann", hash), "one"u8));
    }

    private static CredentialKey Key(ulong number) => new(number, 0, 0, 0);
}
