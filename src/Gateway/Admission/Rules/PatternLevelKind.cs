namespace OrleansBroker.Gateway.Admission.Rules;

internal enum PatternLevelKind
{
    /// <summary>Exactly this text.</summary>
    Literal,

    /// <summary><c>+</c>: any one level.</summary>
    Plus,

    /// <summary><c>#</c>: what is left, or nothing; only last.</summary>
    Hash,

    /// <summary><c>%c</c>: the client id.</summary>
    ClientId,

    /// <summary><c>%u</c>: the user name.</summary>
    UserName,
}
