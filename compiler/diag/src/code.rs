//! The table of codes. A released code is never reused.
//!
//! Ranges: 01 syntax, 02 names, 03 types, 04 contracts, 05 pipelines, 06 memory and work,
//! 07 image and run, 08 command line and files, 09 internal. Warnings share them.

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The program is rejected.
    Error,
    /// The program runs; something is likely wrong.
    Warning,
}

impl Severity {
    /// The word in every output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal, $severity:ident, $title:literal;)*) => {
        /// A code of a diagnostic.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = concat!("`", $code, "`: ", $title)] $name,)* }

        impl Code {
            /// Every code, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// `T` and four digits.
            pub const fn id(self) -> &'static str { match self { $(Self::$name => $code,)* } }
            /// Error or warning.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
            /// The title where the finder gives no better one.
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title,)* } }
        }
    };
}

codes! {
    // 01 syntax
    Unexpected = "T0101", Error, "unexpected text";
    MissingClose = "T0102", Error, "a `}` is missing";
    TooDeep = "T0103", Error, "brackets nest too deep";
    TooLarge = "T0104", Error, "the file is too large";
    NotUtf8 = "T0105", Error, "the file is not UTF-8";
    OpenString = "T0106", Error, "a string is not closed";
    BadNumber = "T0107", Error, "malformed number";
    ClauseOrder = "T0108", Error, "clauses are out of order";
    ChainedComparison = "T0109", Error, "comparisons cannot be chained";
    NoEffect = "T0110", Error, "a statement without effect";
    ForeignOperator = "T0111", Error, "not an operator of Theus";
    ReservedName = "T0112", Error, "a reserved word used as a name";
    NotBuilt = "T0113", Error, "not built yet";
    StrayDoc = "T0114", Warning, "a doc comment that documents nothing";
    TooMany = "T0115", Error, "too many errors";

    // 02 names
    UnknownName = "T0201", Error, "unknown name";
    UnknownField = "T0202", Error, "unknown field";
    UnknownModule = "T0203", Error, "unknown module";
    DuplicateName = "T0204", Error, "a name declared twice";
    UnknownType = "T0205", Error, "unknown type";
    UnknownProcess = "T0206", Error, "unknown process";
    UnknownError = "T0207", Error, "unknown error or fault";
    ImportCycle = "T0208", Error, "modules import each other";
    WrongKind = "T0209", Error, "a name of the wrong kind";
    UnknownVariant = "T0210", Error, "unknown variant";
    UnknownMethod = "T0211", Error, "unknown method";
    UnusedImport = "T0212", Warning, "an import that is not used";
    ZonePrefix = "T0213", Warning, "a zone prefix without its zone";
    UnknownPipeline = "T0214", Error, "unknown pipeline";
    UnreadableModule = "T0215", Error, "a module cannot be read";
    LargeContext = "T0216", Warning, "a context with very many fields";
    TypeOfLanguage = "T0217", Error, "a type named as one of the language";
    PushesOut = "T0220", Error, "an insert may push out what is gone over";
    RingPlace = "T0221", Error, "a ring where none can be";
    HeavyColumn = "T0222", Error, "a heavy field in an array of contexts";
    NotAContextType = "T0230", Error, "not a context type";
    ArgumentOutOfRange = "T0232", Error, "an argument outside its range";
    BadContract = "T0233", Error, "not a contract with these arguments";
    OneOfSeveral = "T0231", Error, "an index is missing or out of place";

    // 03 types
    Mismatch = "T0301", Error, "mismatched types";
    WrongArity = "T0302", Error, "wrong number of arguments";
    UnknownArgument = "T0303", Error, "unknown or repeated argument";
    BadOperand = "T0305", Error, "an operator does not take this type";
    LiteralRange = "T0306", Error, "a literal does not fit its type";
    NotIndexable = "T0307", Error, "this cannot be indexed";
    WrongRank = "T0308", Error, "wrong number of indices";
    SizeMismatch = "T0309", Error, "array sizes differ";
    CannotInfer = "T0310", Error, "the type cannot be inferred";
    NotAssignable = "T0311", Error, "this cannot be assigned";
    Immutable = "T0312", Error, "an immutable name is assigned";
    Uninitialised = "T0313", Error, "used before it has a value";
    MissingCase = "T0314", Error, "a match does not cover every case";
    UnreachableCase = "T0315", Warning, "a case that is never reached";
    MissingReturn = "T0316", Error, "a path without return";
    NotConstant = "T0317", Error, "not a constant expression";
    BadSize = "T0318", Error, "not a valid size";
    BadRange = "T0319", Error, "not a valid range";
    NeedsDefault = "T0320", Error, "a field needs a default";
    BadCast = "T0321", Error, "this conversion does not exist";
    NotFallible = "T0322", Error, "this operation cannot fail";
    NotAValue = "T0323", Error, "this is not a value";
    Unreachable = "T0324", Warning, "unreachable code";
    BadBound = "T0325", Error, "a generic argument does not satisfy its bound";
    ClosureEscapes = "T0326", Error, "a closure is stored";
    BadPattern = "T0327", Error, "this pattern does not fit the value";
    ConstantFault = "T0328", Error, "this constant expression fails";
    MisplacedJump = "T0329", Error, "a jump outside its loop or function";
    RecursiveType = "T0330", Error, "a struct contains itself";
    DefaultOutOfRange = "T0331", Error, "a default outside its range";
    UnusedLocal = "T0332", Warning, "a local that is not used";
    MustLeave = "T0333", Error, "an `else` block that does not leave";
    MissingMember = "T0350", Error, "a member that must be given";
    HiddenMember = "T0351", Error, "a member of a collection";
    TooManyValues = "T0352", Error, "more values than a list holds";
    ChangedInLoop = "T0353", Error, "a collection is changed by the loop over it";
    WrongOrder = "T0354", Error, "an order that a type cannot have";
    WrongPolicy = "T0390", Error, "a policy that a type cannot have";
    HeavyQueue = "T0391", Error, "a queue is not heavy";
    NoTtl = "T0392", Error, "what has no time to live";
    SortedAges = "T0393", Error, "a list with a time to live is not sorted";
    HeavyQueries = "T0394", Error, "a heavy pool has no queries";
    SizeUnsolved = "T0395", Error, "a size that does not follow";
    SizeImpossible = "T0396", Error, "a computed size that no array has";
    TextTooLong = "T0360", Error, "a text literal is too long";
    TextIndex = "T0361", Error, "a text is not indexed";
    ScratchStored = "T0362", Error, "a field cannot keep what lives for one process";
    BadFormat = "T0363", Error, "a value cannot be written so";
    InternalFunction = "T0364", Error, "a function of the library that is not for programs";
    BadPrev = "T0370", Error, "`prev` of what is not a data field";
    BadWindow = "T0371", Error, "this window cannot be kept";
    MayNotFit = "T0340", Error, "a pattern that does not fit every value";
    UnevenNames = "T0341", Error, "a name without a value in some alternatives";
    ManyCases = "T0342", Error, "a match with too many cases to check";
    AlwaysFits = "T0343", Warning, "a condition that always fits";
    PartlyNamed = "T0344", Error, "a payload that is named in part";
    HeavyType = "T0380", Error, "a heavy field cannot hold this";
    HeavyRange = "T0381", Error, "a heavy field has no range";
    StartSize = "T0382", Error, "a size that is known at start only";
    HeavyCopied = "T0383", Error, "a heavy field is never copied";
    HeavyCompared = "T0384", Error, "heavy fields cannot be compared";
    WrongHandle = "T0372", Error, "this is no handle of the pool";
    PoolPlace = "T0373", Error, "a pool stands where it cannot";
    NotAPool = "T0374", Error, "a handle names a pool";
    BadOwner = "T0436", Error, "a pool cannot belong so";
    NoOwner = "T0437", Error, "an element that would belong to nobody";
    OthersSeen = "T0438", Error, "what belongs to others is seen while it changes";
    BadQuery = "T0375", Error, "a pool cannot be asked so";

    // 04 contracts
    UndeclaredRead = "T0401", Error, "a read that the contract does not declare";
    ConflictingWrite = "T0402", Error, "two processes of one group touch the same field";
    UndeclaredWrite = "T0403", Error, "a write that the contract does not declare";
    UndeclaredRaise = "T0404", Error, "an error that the contract does not declare";
    UnusedInput = "T0405", Warning, "an input that is not used";
    UnusedOutput = "T0406", Warning, "an output that is not written";
    UnusedError = "T0407", Warning, "an error that is not raised";
    GlobalWrite = "T0408", Error, "a global is written";
    SignalRead = "T0409", Error, "a process reads a signal";
    MetaRead = "T0410", Error, "a process reads a meta field";
    OverlappingInout = "T0411", Error, "inout arguments overlap";
    MisplacedOld = "T0412", Error, "`old` outside `ensures`";
    UnhandledError = "T0413", Error, "an error without a handler";
    ImpureClause = "T0414", Error, "a clause with an effect";
    FallibleCondition = "T0415", Error, "a condition that can fail";
    UndeclaredTick = "T0416", Error, "`tick` or `random` is not declared";
    ErrorSignature = "T0417", Error, "an error declared with two payloads";
    DuplicateEntry = "T0418", Warning, "a contract entry given twice";
    UnknownEntry = "T0419", Error, "a contract entry that names no field";
    SignalWrite = "T0420", Error, "a signal may only be raised here";
    MisplacedInAtomic = "T0450", Error, "this cannot be undone with its group";
    HeavyInAtomic = "T0451", Error, "a heavy field in a group that is one transaction";
    BadBudget = "T0452", Error, "a budget that no run keeps";
    NotCacheable = "T0453", Error, "a cached process uses what changes unseen";
    BadAge = "T0454", Error, "an age of no tick";
    BadEach = "T0475", Error, "`each` cannot go over this";
    WriteElsewhere = "T0476", Error, "an `each` process writes what is not its element";
    HeavyOld = "T0485", Error, "a heavy field has no old value";
    SwapPart = "T0486", Error, "not all of a `heavy(swap)` field is written";
    SwapRead = "T0487", Error, "a `heavy(swap)` field is read before it is written";
    SwapTwice = "T0488", Error, "a `heavy(swap)` field is written twice in one group";
    OnlyGrows = "T0430", Warning, "a collection that only grows";
    NotIsolated = "T0435", Error, "elements that cannot be transactions of their own";
    HardHeavy = "T0490", Error, "a hard deadline of a writer of a heavy field";
    BadScratch = "T0491", Error, "a size of scratch that cannot be";
    HeavyRollback = "T0492", Error, "a heavy field is not rolled back";
    UnusedScratch = "T0493", Warning, "scratch that nothing takes of";
    BadQuota = "T0478", Error, "`inserts` or `sends` of what cannot be added to";
    QuotaUse = "T0479", Error, "a collection of `inserts` or `sends` is only added to";
    ShapeChange = "T0477", Error, "a pool changes while a loop goes over it";

    // 05 pipelines
    BadPeriod = "T0501", Error, "not a valid period";
    MissingExit = "T0502", Error, "a handler does not say how to go on";
    MisplacedFlow = "T0503", Error, "this cannot stand here";
    UnreachableHandler = "T0504", Warning, "a handler that is never reached";
    BadStream = "T0505", Error, "a malformed sink or source";
    BadColumn = "T0506", Error, "a column that is not a value";
    NoTickPeriod = "T0507", Error, "a duration needs a pipeline with a period";
    EmptyPipeline = "T0508", Warning, "a pipeline that does nothing";
    BadReset = "T0509", Error, "this cannot be reset";
    MisplacedMode = "T0515", Error, "a mode, or what belongs to modes, out of place";
    StartMode = "T0516", Error, "which mode is the first is not clear";
    UnknownMode = "T0517", Error, "unknown mode";
    UnreachableMode = "T0518", Warning, "a mode that is never entered";
    BadRepeat = "T0519", Error, "not a number of turns";
    NestedPeriod = "T0530", Error, "periods that do not fit into each other";
    PipelineCircle = "T0531", Error, "a pipeline that contains itself";
    PipelineTwice = "T0532", Error, "a pipeline in two places";
    SeveralWriters = "T0533", Error, "several pipelines write the same field";
    ModeWritten = "T0534", Error, "a mode is written by something else than `enter`";
    NoCommonClock = "T0535", Error, "pipelines without a common clock";
    NoSignalValue = "T0536", Error, "a signal without a value";
    NothingArrives = "T0537", Error, "nothing can arrive";
    NothingGrows = "T0538", Error, "an assertion that always holds";
    EmptyProperty = "T0540", Error, "a property that shows nothing";
    NotDrawable = "T0541", Error, "a property cannot draw this";

    MeasuredPlace = "T0560", Error, "a measured time goes nowhere";
    MeasuredJump = "T0561", Error, "a jump out of a measured block";

    BadBatch = "T0562", Error, "batches that never come";
    Resized = "T0578", Error, "a size is set that is known at start";

    NeverFires = "T0520", Error, "a rule or an alert that can never fire";
    AuditedZone = "T0521", Error, "an audit of what it may not look at";
    BadCount = "T0522", Error, "a count that is no count";
    BadClear = "T0523", Error, "an alert that is never over";
    AlertEffect = "T0524", Error, "an alert changes what it watches";
    HostRead = "T0525", Error, "the machine is looked at where it would steer";

    // 06 memory and work
    Recursion = "T0601", Error, "a function calls itself";
    UnboundedLoop = "T0602", Error, "a loop without a bound";
    TooMuchMemory = "T0603", Error, "a type or field is too large";
    OverBudget = "T0604", Error, "the program needs more memory than its budget";
    TooMuchCode = "T0605", Error, "the program is too large to compile";

    // 061 … 063 lints: `theusc lint`
    UnknownLint = "T0610", Error, "unknown lint";
    StaleLint = "T0611", Warning, "a comment that silences nothing";
    ConstantClause = "T0612", Warning, "a clause that is the same in every run";
    UnusedProcess = "T0613", Warning, "a process that nothing runs";
    UnreadRing = "T0614", Warning, "a ring that nobody reads";
    UnreadSignal = "T0615", Warning, "a signal that no pipeline looks at";
    UnusedField = "T0616", Warning, "a field that nothing uses";
    GodContext = "T0617", Warning, "a context that is several in one";
    WholeHeavy = "T0618", Warning, "a heavy field that is written as a whole";
    ConstantCondition = "T0619", Warning, "a condition that is the same in every run";
    FloatEquality = "T0620", Warning, "floats that are compared to the bit";
    SameOperands = "T0621", Warning, "an operator with the same operand twice";
    SameBranches = "T0622", Warning, "branches that do the same";
    SelfAssignment = "T0623", Warning, "a place that is set to itself";
    ShadowedName = "T0624", Warning, "a local that hides another name";
    BareTime = "T0625", Warning, "a time without its type";
    Naming = "T0626", Warning, "a name that is not written as what it is";
    BoolLiteral = "T0627", Warning, "a condition that is compared with a literal";
    NeedlessCast = "T0628", Warning, "a conversion that changes nothing";
    NeedlessIf = "T0629", Warning, "a choice between `true` and `false`";
    UnusedFunction = "T0630", Warning, "a function that nothing calls";
    MissingDocs = "T0631", Warning, "an item without `///`";
    WholeContext = "T0632", Warning, "a contract that names more than it needs";
    SlowRead = "T0633", Warning, "a read before its slower writer";
    UnreachedBound = "T0634", Warning, "a bound that is never reached";

    // 07 proofs
    AlwaysFails = "T0700", Error, "a check that always fails";

    // 08 command line and files
    Usage = "T0801", Error, "wrong use of the command line";
    FileUnreadable = "T0802", Error, "a file cannot be read";
    BadOverride = "T0803", Error, "a value for a global cannot be used";
    BadConfig = "T0804", Error, "the config file cannot be used";
    NoPipeline = "T0805", Error, "which pipeline is not clear";
    OutputFailed = "T0806", Error, "a result cannot be written";
    UnknownCode = "T0807", Error, "unknown code";
    HeavySize = "T0810", Error, "the size of a heavy field is not possible";
    BadNpy = "T0811", Error, "an array file cannot be used";
    BadBaseline = "T0812", Error, "a baseline cannot be used";
    BadRecord = "T0813", Error, "a record cannot be played back";
    ChangedField = "T0840", Error, "a field cannot keep what it holds";
    NoValue = "T0841", Error, "a value is needed";
    NothingToReset = "T0842", Error, "there is nothing to reset";
    NoCommand = "T0843", Error, "this is no command of sessions";
    BadProject = "T0855", Error, "the project file cannot be used";
    BadMessage = "T0856", Error, "what an editor sends cannot be read";
    NoColumn = "T0835", Error, "a table has no such column";
    NotPlotted = "T0836", Error, "a cell to plot is no number";
    NothingToPlot = "T0837", Error, "there is nothing to plot";
    NoTable = "T0838", Error, "a file is no table";

    // 09 internal
    Internal = "T0901", Error, "internal error in Theus";
}

impl Code {
    /// The code of that id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.id().eq_ignore_ascii_case(id))
    }
}
