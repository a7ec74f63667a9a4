namespace OrleansBroker.Gateway.Admission;

/// <summary>The answers to a CONNECT's credentials; <see cref="AuthenticationOutcomes.ToReasonCode"/> has their codes.</summary>
public enum AuthenticationOutcome
{
    /// <summary>Welcome. Not the default value on purpose: a forgotten result lets nobody in.</summary>
    Allowed = 1,

    /// <summary>The user is unknown, or the password is not the user's, or one of both is missing.</summary>
    BadUserNameOrPassword = 2,

    /// <summary>A client like this one may not connect, whatever it presents.</summary>
    NotAuthorized = 3,

    /// <summary>It could not be decided now; try again later.</summary>
    Unavailable = 4,
}
